using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    private Command ParseCommand()
    {
        Enter();
        SkipBlanks();
        var start = _at;
        var command = Current == '(' || PeekReserved() is "{" or "if" or "while" or "until" or "for" or "select" or "case" or "[["
            ? ParseCompound()
            : PeekReserved() switch
            {
                "function" => ParseFunctionKeyword(),
                "coproc" => ParseCoprocess(),
                { } word when IsClosing(word) => FailedCommand(start),
                _ => ParseSimple(start, null),
            };
        Leave();
        return command;
    }

    private bool IsAtCompound() =>
        Current == '(' || PeekReserved() is "{" or "if" or "while" or "until" or "for" or "select" or "case" or "[[";

    /// <summary>A command that is whole in itself, with the redirections after it.</summary>
    private Command ParseCompound()
    {
        if (Current == '(')
        {
            return Stands("((") && IsArithmeticAhead(Joined(Joined(_at) + 1) + 1) ? ParseArithmeticCommand() : ParseSubshell();
        }

        return PeekReserved() switch
        {
            "{" => ParseGroup(),
            "if" => ParseIf(),
            "while" => ParseWhile(isUntil: false),
            "until" => ParseWhile(isUntil: true),
            "for" => ParseFor(),
            "select" => ParseForWords(_at, isSelect: true),
            "case" => ParseCase(),
            "[[" => ParseConditional(),
            _ => FailedCommand(_at),
        };
    }

    private Command.Simple FailedCommand(int start)
    {
        FailUnexpected();
        return new Command.Simple([], [], [], Span(start));
    }

    private Command.Subshell ParseSubshell()
    {
        var start = _at;
        Expect('(');
        var body = ParseBody();
        Expect(')');
        return new Command.Subshell(body, ParseRedirections(), Span(start));
    }

    private Command.Group ParseGroup()
    {
        var start = _at;
        TakeReserved();
        var body = ParseBody();
        Expect("}");
        return new Command.Group(body, ParseRedirections(), Span(start));
    }

    private Command.Arithmetic ParseArithmeticCommand()
    {
        var start = _at;
        NeedBash();
        _ = TryTake("((");
        var expression = ParseArithmetic(")", stopAtSemicolon: false);
        if (!TryTake("))"))
        {
            FailUnexpected();
        }

        return new Command.Arithmetic(expression, ParseRedirections(), Span(start));
    }

    private Command.If ParseIf()
    {
        var start = _at;
        var branches = ImmutableArray.CreateBuilder<IfBranch>();
        do
        {
            TakeReserved();
            var condition = ParseBody();
            Expect("then");
            branches.Add(new IfBranch(condition, ParseBody()));
        }
        while (PeekReserved() == "elif");

        StatementList? otherwise = null;
        if (PeekReserved() == "else")
        {
            TakeReserved();
            otherwise = ParseBody();
        }

        Expect("fi");
        return new Command.If(branches.ToImmutable(), otherwise, ParseRedirections(), Span(start));
    }

    private Command.While ParseWhile(bool isUntil)
    {
        var start = _at;
        TakeReserved();
        var condition = ParseBody();
        var body = ParseDoBody();
        return new Command.While(isUntil, condition, body, ParseRedirections(), Span(start));
    }

    private StatementList ParseDoBody()
    {
        Expect("do");
        var body = ParseBody();
        Expect("done");
        return body;
    }

    /// <summary>The word <c>function</c> has been seen; its name may have parentheses after it.</summary>
    private Command ParseFunctionKeyword()
    {
        var start = _at;
        NeedBash();
        TakeReserved();
        SkipBlanks();
        var name = ParseWord(WordRole.Plain);
        SkipBlanks();
        if (Current == '(' && !Stands("(("))
        {
            _at++;
            SkipBlanks();
            Expect(')');
        }

        return ParseFunctionBody(start, name);
    }

    private Command ParseFunctionBody(int start, Word name)
    {
        SkipLines();
        if (name.Parts.IsEmpty || !IsAtCompound())
        {
            return FailedCommand(start);
        }

        Enter();
        var body = ParseCompound();
        Leave();
        return new Command.Function(name, body, [], Span(start));
    }

    private Command.Coprocess ParseCoprocess()
    {
        var start = _at;
        NeedBash();
        TakeReserved();
        SkipBlanks();
        if (IsAtCompound())
        {
            return new Command.Coprocess(null, ParseCompound(), [], Span(start));
        }

        var first = _at;
        if (IsAssignmentAhead() || IsRedirectionAhead())
        {
            return new Command.Coprocess(null, ParseSimple(first, null), [], Span(start));
        }

        var word = ParseWord(WordRole.Argument);
        SkipBlanks();
        return !IsAtCompound()
            ? new Command.Coprocess(null, ParseSimple(first, word), [], Span(start))
            : new Command.Coprocess(word, ParseCompound(), [], Span(start));
    }
}
