using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private Command ParseFor()
    {
        var start = _at;
        TakeReserved();
        SkipBlanks();
        if (Stands("(("))
        {
            return ParseArithmeticFor(start);
        }

        _at = start;
        return ParseForWords(start, isSelect: false);
    }

    private Command.ArithmeticFor ParseArithmeticFor(int start)
    {
        NeedBash();
        _ = TryTake("((");
        var expressions = ImmutableArray.CreateBuilder<Word>();
        for (var index = 0; index < 3; index++)
        {
            expressions.Add(ParseArithmetic(")", stopAtSemicolon: true));
            if (index < 2)
            {
                Expect(';');
            }
        }

        if (!TryTake("))"))
        {
            FailUnexpected();
        }

        SkipBlanks();
        _ = TryTake(';');
        SkipLines();
        var body = ParseLoopBody();
        return new Command.ArithmeticFor(expressions.ToImmutable(), body, ParseRedirections(), Span(start));
    }

    private Command ParseForWords(int start, bool isSelect)
    {
        NeedBash(isSelect);
        TakeReserved();
        SkipBlanks();
        var name = TakeName();
        if (name is null || !IsMeta(Current))
        {
            return FailedCommand(start);
        }

        SkipLines();
        ImmutableArray<Word>? words = null;
        if (PeekReserved() == "in")
        {
            TakeReserved();
            words = ParseWordsOfLine();
        }

        SkipBlanks();
        if (Current == ';')
        {
            _at++;
        }

        SkipLines();
        var body = ParseLoopBody();
        return new Command.For(isSelect, name, words, body, ParseRedirections(), Span(start));
    }

    private ImmutableArray<Word> ParseWordsOfLine()
    {
        var words = ImmutableArray.CreateBuilder<Word>();
        SkipBlanks();
        while (!IsAtEnd && Current is not (';' or '\n' or '#'))
        {
            AddWord(words, WordRole.Argument);
            SkipBlanks();
        }

        return words.ToImmutable();
    }

    /// <summary>Adds the word that stands here; a fault when none does.</summary>
    private void AddWord(ImmutableArray<Word>.Builder words, WordRole role)
    {
        var word = ParseWord(role);
        if (word.Parts.IsEmpty)
        {
            FailUnexpected();
        }

        words.Add(word);
    }

    /// <summary>bash also takes braces where the loop's words end.</summary>
    private StatementList ParseLoopBody()
    {
        if (PeekReserved() != "{")
        {
            return ParseDoBody();
        }

        NeedBash();
        TakeReserved();
        var body = ParseBody();
        Expect("}");
        return body;
    }

    private Command.Case ParseCase()
    {
        var start = _at;
        TakeReserved();
        SkipBlanks();
        var subject = ParseWord(WordRole.Plain);
        if (subject.Parts.IsEmpty)
        {
            FailUnexpected();
        }

        Expect("in");
        var branches = ImmutableArray.CreateBuilder<CaseBranch>();
        SkipLines();
        while (!IsAtEnd && PeekReserved() != "esac")
        {
            branches.Add(ParseCaseBranch());
            SkipLines();
        }

        Expect("esac");
        return new Command.Case(subject, branches.ToImmutable(), ParseRedirections(), Span(start));
    }

    private CaseBranch ParseCaseBranch()
    {
        _ = TryTake('(');
        var patterns = ImmutableArray.CreateBuilder<Word>();
        do
        {
            SkipBlanks();
            AddWord(patterns, WordRole.Pattern);
            SkipBlanks();
        }
        while (TryTake('|'));

        Expect(')');
        var body = ParseList();
        return new CaseBranch(patterns.ToImmutable(), body, ParseCaseEnd());
    }

    private CaseEnd ParseCaseEnd()
    {
        SkipLines();
        if (PeekReserved() == "esac")
        {
            return CaseEnd.Break;
        }

        NeedBash(Stands(";;&") || Stands(";&"));
        if (TryTake(";;&"))
        {
            return CaseEnd.TryNext;
        }

        if (TryTake(";&"))
        {
            return CaseEnd.FallThrough;
        }

        if (!TryTake(";;"))
        {
            FailUnexpected();
        }

        return CaseEnd.Break;
    }
}
