using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Syntax;

namespace CoAgent.ToolSmith.Shell.Parsing;

internal sealed partial class ShellParser
{
    /// <summary>Assignments, words and redirections in any order; its name may have been read already.</summary>
    private Command ParseSimple(int start, Word? first)
    {
        var assignments = ImmutableArray.CreateBuilder<Assignment>();
        var words = ImmutableArray.CreateBuilder<Word>();
        var redirections = ImmutableArray.CreateBuilder<Redirection>();
        if (first is not null)
        {
            words.Add(first);
        }

        for (SkipBlanks(); !IsAtEnd; SkipBlanks())
        {
            if (IsRedirectionAhead())
            {
                redirections.Add(ParseRedirection());
            }
            else if (IsMeta(Current) && !IsProcessAhead())
            {
                if (Current != '(' || words.Count != 1 || assignments.Count > 0 || redirections.Count > 0)
                {
                    break;
                }

                return ParseFunctionParentheses(start, words[0]);
            }
            else if (words.Count == 0 && IsAssignmentAhead())
            {
                assignments.Add(ParseAssignment());
            }
            else if (Current == '#')
            {
                SkipComment();
            }
            else
            {
                words.Add(ParseWord(words.Count > 0 && Declares(words[0]) ? WordRole.Declaration : WordRole.Argument));
            }
        }

        if (words.Count + assignments.Count + redirections.Count == 0 || Current == '(')
        {
            FailUnexpected();
        }

        return new Command.Simple(assignments.ToImmutable(), words.ToImmutable(), redirections.ToImmutable(), Span(start));
    }

    private Command ParseFunctionParentheses(int start, Word name)
    {
        _at++;
        SkipBlanks();
        Expect(')');
        return ParseFunctionBody(start, name);
    }

    /// <summary>Builtins whose arguments bash reads as assignments.</summary>
    private static bool Declares(Word name) =>
        name.Plain is "declare" or "typeset" or "local" or "export" or "readonly" or "alias" or "eval" or "let";

    /// <summary>Whether <c>NAME=</c>, <c>NAME+=</c> or <c>NAME[</c> stands here.</summary>
    private bool IsAssignmentAhead()
    {
        if (!IsNameStart(Current))
        {
            return false;
        }

        var at = _at;
        while (IsNamePart(CharacterAt(at)))
        {
            at = Joined(at + 1);
        }

        return CharacterAt(at) switch
        {
            '=' => true,
            '+' => CharacterAt(Joined(at + 1)) == '=',
            '[' => IsSubscriptAssigned(at + 1),
            _ => false,
        };
    }

    /// <summary>Whether a sign follows the subscript: else it is a pattern, or a command that is called so.</summary>
    private bool IsSubscriptAssigned(int at)
    {
        var close = EndOfBrackets(at);
        return CharacterAt(close) == ']' && (CharacterAt(Joined(close + 1)) == '='
            || (CharacterAt(Joined(close + 1)) == '+' && CharacterAt(Joined(Joined(close + 1) + 1)) == '='));
    }

    private Assignment ParseAssignment()
    {
        var start = _at;
        var name = TakeName() ?? "";
        Word? subscript = null;
        if (TryTake('['))
        {
            NeedBash();
            subscript = ParseSubscript();
        }

        var isAppended = TryTake('+');
        NeedBash(isAppended);
        Expect('=');
        var value = Current == '(' ? ParseArray(_at) : ParseWord(WordRole.Value);
        return new Assignment(name, subscript, isAppended, value, Span(start));
    }

    private Word ParseArray(int start)
    {
        var elements = ParseArrayElements();
        return new Word([elements], Span(start));
    }

    private WordPart.ArrayElements ParseArrayElements()
    {
        NeedBash();
        Enter();
        var start = _at;
        Expect('(');
        var elements = ImmutableArray.CreateBuilder<ArrayElement>();
        for (SkipLines(); !IsAtEnd && Current != ')'; SkipLines())
        {
            var isPlaced = Current == '[' && IsSubscriptAssigned(_at + 1);
            if (!isPlaced && IsMeta(Current) && !IsProcessAhead())
            {
                FailUnexpected();
                break;
            }

            elements.Add(isPlaced ? ParsePlacedElement() : new ArrayElement(null, ParseWord(WordRole.Argument)));
        }

        Expect(')');
        Leave();
        return new WordPart.ArrayElements(elements.ToImmutable(), Span(start));
    }

    private ArrayElement ParsePlacedElement()
    {
        Expect('[');
        var subscript = ParseSubscript();
        _ = TryTake('+');
        Expect('=');
        return new ArrayElement(subscript, ParseWord(WordRole.Value));
    }
}
