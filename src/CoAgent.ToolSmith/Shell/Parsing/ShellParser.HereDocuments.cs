using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private List<PendingDocument> _pending = [];

    /// <summary>A here-document whose text stands after the line that is being read.</summary>
    private Redirection Await(Redirection redirection, bool stripsTabs)
    {
        var pending = new PendingDocument(
            string.Concat(redirection.Target.Parts.Select(DelimiterText)),
            redirection.Target.Parts.Any(static part => part is not WordPart.Literal),
            stripsTabs);
        _pending.Add(pending);
        return redirection with { Document = pending.Document };
    }

    private static string DelimiterText(WordPart part) => part switch
    {
        WordPart.Literal literal => literal.Text,
        WordPart.Quoted quoted => quoted.Text,
        WordPart.AnsiQuoted ansi => ansi.Text ?? "",
        WordPart.DoubleQuoted quoted => string.Concat(quoted.Parts.Select(DelimiterText)),
        _ => "",
    };

    private void ReadPendingDocuments()
    {
        if (_pending.Count == 0 || HasFailed)
        {
            return;
        }

        var pending = _pending;
        _pending = [];
        foreach (var document in pending)
        {
            ReadDocument(document);
        }
    }

    private void ReadDocument(PendingDocument pending)
    {
        var start = _at;
        var text = new UnescapedText(_end - _at);
        var isTerminated = false;
        while (_at < _end && !isTerminated)
        {
            isTerminated = ReadDocumentLine(pending, text);
        }

        _budget.Looks += _at - start;
        pending.Document.IsTerminated = isTerminated;
        pending.Document.Body = pending.IsQuoted
            ? new Word([new WordPart.Quoted(text.Text, IsMarked: true, Span(start))], Span(start))
            : ParseDocument(text, start);
    }

    /// <summary>One line; where the delimiter is expanded text may follow a line continuation, which is no line of its own.</summary>
    private bool ReadDocumentLine(PendingDocument pending, UnescapedText text)
    {
        var at = _at;
        while (pending.StripsTabs && CharacterAt(at) == '\t')
        {
            at++;
        }

        var end = EndOfLine(at);
        var isDelimiter = _text.AsSpan(at, end - at).SequenceEqual(pending.Delimiter);
        while (!isDelimiter && !pending.IsQuoted && end < _end && IsContinued(at, end))
        {
            end = EndOfLine(end + 1);
        }

        _at = Math.Min(end + 1, _end);
        for (; !isDelimiter && at < _at; at++)
        {
            text.Add(_text[at], Origin(at));
        }

        return isDelimiter;
    }

    private int EndOfLine(int at)
    {
        var length = _text.AsSpan(at, _end - at).IndexOf('\n');
        return length < 0 ? _end : at + length;
    }

    /// <summary>Whether an odd number of backslashes stands before a line's end.</summary>
    private bool IsContinued(int start, int end)
    {
        var at = end;
        while (at > start && _text[at - 1] == '\\')
        {
            at--;
        }

        return (end - at) % 2 == 1;
    }

    private Word ParseDocument(UnescapedText text, int start)
    {
        Enter();
        var inner = Inner(text);
        var parts = inner.ParseQuotedParts('\0');
        StopIfFailed();
        Leave();
        return new Word(parts, Span(start));
    }

    private sealed record PendingDocument(string Delimiter, bool IsQuoted, bool StripsTabs)
    {
        public HereDocument Document { get; } = new();
    }
}
