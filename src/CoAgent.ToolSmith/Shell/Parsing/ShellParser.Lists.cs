using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    /// <summary>Statements up to what only the caller can take: a closing word or sign, or the end.</summary>
    private StatementList ParseList()
    {
        var start = _at;
        var statements = ImmutableArray.CreateBuilder<Statement>();
        var goesOn = true;
        while (goesOn)
        {
            SkipLines();
            if (IsAtEnd || Current is ')' or ';' || PeekReserved() is { } word && IsClosing(word))
            {
                break;
            }

            statements.Add(ParseStatement(out goesOn));
        }

        return new StatementList(statements.ToImmutable(), Span(start));
    }

    /// <summary>A list with something in it, as bash wants it everywhere but in substitutions and branches of <c>case</c>.</summary>
    private StatementList ParseBody()
    {
        var body = ParseList();
        if (body.Statements.IsEmpty)
        {
            FailUnexpected();
        }

        return body;
    }

    private Statement ParseStatement(out bool isSeparated)
    {
        var start = _at;
        var first = ParsePipeline();
        var rest = ImmutableArray.CreateBuilder<LinkedPipeline>();
        SkipBlanks();
        while (Stands("&&") || Stands("||"))
        {
            var onSuccess = Current == '&';
            _ = TryTake(onSuccess ? "&&" : "||");
            SkipLines();
            rest.Add(new LinkedPipeline(onSuccess, ParsePipeline()));
            SkipBlanks();
        }

        if (Current == '#')
        {
            SkipComment();
        }

        var span = Span(start);
        var isBackground = TryTake('&');
        isSeparated = isBackground || Current == '\n' || (Current == ';' && Following is not (';' or '&') && TryTake(';'));
        return new Statement(first, rest.ToImmutable(), isBackground, span);
    }

    private Pipeline ParsePipeline()
    {
        var start = _at;
        var (isNegated, isTimed) = ParsePrefixes();
        var stages = ImmutableArray.CreateBuilder<PipelineStage>();
        var isBare = start != _at && (IsAtEnd || Current is ';' or '\n' or '&' or ')');
        while (!isBare)
        {
            var command = ParseCommand();
            SkipBlanks();
            var pipesErrors = Stands("|&");
            if (!pipesErrors && (Current != '|' || Following == '|'))
            {
                stages.Add(new PipelineStage(command, PipesErrors: false));
                break;
            }

            NeedBash(pipesErrors);
            _ = pipesErrors ? TryTake("|&") : TryTake('|');
            stages.Add(new PipelineStage(command, pipesErrors));
            SkipLines();
            isTimed |= TakeTimeAfterPipe();
        }

        return new Pipeline(stages.ToImmutable(), isNegated, isTimed, Span(start));
    }

    private (bool IsNegated, bool IsTimed) ParsePrefixes()
    {
        var (isNegated, isTimed) = (false, false);
        while (PeekReserved() is "!" or "time")
        {
            isNegated ^= Current == '!';
            isTimed |= Current == 't';
            NeedBash(Current == 't');
            TakeReserved();
            SkipBlanks();
            if (isTimed && PeekReserved() is "-p" or "--")
            {
                TakeReserved();
                SkipBlanks();
            }
        }

        return (isNegated, isTimed);
    }

    /// <summary>bash times the rest of a pipeline; only that it is no command's name matters here.</summary>
    private bool TakeTimeAfterPipe()
    {
        if (PeekReserved() != "time")
        {
            return false;
        }

        TakeReserved();
        SkipBlanks();
        return true;
    }

    private void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            _at++;
        }
    }

    /// <summary>Blanks, comments and newlines; after a newline the here-documents of its line are read.</summary>
    private void SkipLines()
    {
        while (true)
        {
            SkipBlanks();
            if (Current == '#')
            {
                SkipComment();
            }
            else if (!TryTake('\n'))
            {
                return;
            }
            else
            {
                ReadPendingDocuments();
            }
        }
    }

    private void SkipComment()
    {
        var start = _at;
        var length = _text.AsSpan(_at, _end - _at).IndexOf('\n');
        _at = length < 0 ? _end : _at + length;
        _budget.Looks += _at - start;
        _budget.Comments.Add(Span(start));
    }

    private void NeedBash(bool isNeeded = true)
    {
        if (isNeeded)
        {
            _budget.NeedBash(Origin(_at));
        }
    }
}
