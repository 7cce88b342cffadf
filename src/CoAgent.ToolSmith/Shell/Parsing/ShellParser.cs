using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

/// <summary>Reads bash's grammar by recursive descent.</summary>
/// <remarks>
/// It never goes back over what it has parsed, and looks ahead further than a word in one place only (whether <c>((</c> is arithmetic), so
/// its time grows with the text's length times its depth at most. The first fault moves it to the text's end; every loop ends there, so it
/// unwinds without an exception.
/// <code>
/// list        statement (; &amp; newline)            Lists
///   pipeline  ! time, |, |&amp;                      Lists
///     command compound, simple, function        Compounds, Branches, Simple, Conditions
///       word  quotes, $, patterns, braces       Words, Quotes, Dollar, Parameters, Arithmetic
///       redirection, here-document              Redirections, HereDocuments
/// </code>
/// </remarks>
internal sealed partial class ShellParser
{
    private readonly string _text;
    private readonly ParseBudget _budget;

    /// <summary>Where each character of an unescaped copy stood in the text; null for the text itself.</summary>
    private readonly int[]? _origins;

    private int _at;
    private int _end;

    private ShellParser(string text, int start, int end, int[]? origins, ParseBudget budget)
    {
        (_text, _at, _end, _origins, _budget) = (text, start, end, origins, budget);
    }

    private bool IsAtEnd => Current == '\0';

    private bool HasFailed => _budget.Fault is not null;

    /// <summary>The next character, past line continuations; NUL at the end.</summary>
    private char Current
    {
        get
        {
            _at = Joined(_at);
            return CharacterAt(_at);
        }
    }

    /// <summary>The character after the next one.</summary>
    private char Following => CharacterAt(Joined(_at + 1));

    internal static ParseOutcome Parse(string text, ParseLimits limits) => Parse(text, limits, out _);

    /// <summary>Also tells how often a character was looked at.</summary>
    internal static ParseOutcome Parse(string text, ParseLimits limits, out long looks)
    {
        looks = 0;
        if (text.Length > limits.LengthMax)
        {
            return new ParseOutcome.Faulted(
                new ShellFault($"The text is longer than {limits.LengthMax} characters.", limits.LengthMax, IsLimit: true));
        }

        if (text.IndexOf('\0', StringComparison.Ordinal) is var nul and >= 0)
        {
            return new ParseOutcome.Faulted(new ShellFault("A NUL character ends no command.", nul, IsLimit: false));
        }

        var budget = new ParseBudget(limits);
        var parser = new ShellParser(text, 0, text.Length, origins: null, budget);
        var body = parser.ParseToEnd();
        looks = budget.Looks;
        return budget.Fault is { } fault
            ? new ParseOutcome.Faulted(fault)
            : new ParseOutcome.Parsed(new ShellScript(text, body, budget.Comments.ToImmutable(), budget.BashOnlyAt));
    }

    /// <summary>A list up to the end of this parser's text.</summary>
    private StatementList ParseToEnd()
    {
        var body = ParseList();
        if (!IsAtEnd)
        {
            FailUnexpected();
        }

        ReadPendingDocuments();
        return body;
    }

    /// <summary>The first position from here that is not a line continuation.</summary>
    private int Joined(int at)
    {
        _budget.Looks++;
        while (at + 1 < _end && _text[at] == '\\' && _text[at + 1] == '\n')
        {
            at += 2;
            _budget.Looks++;
        }

        return at;
    }

    private char CharacterAt(int at) => at < _end ? _text[at] : '\0';

    private bool TryTake(char wanted)
    {
        if (Current != wanted || wanted == '\0')
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes an operator; line continuations may stand within.</summary>
    private bool TryTake(string wanted)
    {
        var at = _at;
        foreach (var character in wanted)
        {
            at = Joined(at);
            if (CharacterAt(at) != character)
            {
                return false;
            }

            at++;
        }

        _at = at;
        return true;
    }

    private bool Stands(string wanted)
    {
        var at = _at;
        var stands = TryTake(wanted);
        _at = at;
        return stands;
    }

    private void Fail(string message) => FailAt(message, _at);

    private void FailAt(string message, int position)
    {
        _budget.Fail(message, Origin(position));
        _at = _end;
    }

    private void FailUnexpected() => Fail(IsAtEnd ? "The text ends within a construct." : $"Nobody expects '{Current}' here.");

    /// <summary>What another parser of the same text has failed at ends this one too.</summary>
    private void StopIfFailed()
    {
        if (HasFailed)
        {
            _at = _end;
        }
    }

    private void Enter()
    {
        _budget.Enter(Origin(_at));
        StopIfFailed();
    }

    private void Leave() => _budget.Leave();

    private int Origin(int position) => _origins is { } origins ? origins[Math.Min(position, origins.Length - 1)] : position;

    /// <summary>From a start to here; each span is one node of the tree.</summary>
    private SourceSpan Span(int start)
    {
        var end = Math.Min(_at, _end);
        var span = new SourceSpan(Origin(start), end > start ? Origin(end - 1) + 1 : Origin(start));
        _budget.CountNode(span.Start);
        StopIfFailed();
        return span;
    }
}
