using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Faults;

namespace CoAgent.Runtime.Catalog.Templates;

/// <summary>Reads the text of a template from left to right; stops at the first fault.</summary>
internal sealed class TemplateReader(string source)
{
    private const string NotInNames = ".[]{}|?=!\"'`";

    /// <summary>Where it stands.</summary>
    public int At { get; private set; }

    /// <summary>What is wrong; null while nothing is.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether all was read.</summary>
    public bool IsAtEnd => At == source.Length;

    /// <summary>The literals and placeholders of the whole text; not meaningful after a fault.</summary>
    public ImmutableArray<TemplatePart> ReadParts()
    {
        var parts = ImmutableArray.CreateBuilder<TemplatePart>();
        var literal = new StringBuilder();
        while (!IsAtEnd && Fault is null)
        {
            var character = source[At];
            if (character is '{' or '}' && Next() == character)
            {
                literal.Append(character);
                At += 2;
            }
            else if (character == '{')
            {
                Flush(literal, parts);
                if (ReadPlaceholder() is { } placeholder)
                {
                    parts.Add(new TemplatePart.Hole(placeholder));
                }
            }
            else if (character == '}')
            {
                Fail("has a \"}\" without a \"{\"; a brace as such is written \"}}\".");
            }
            else
            {
                literal.Append(character);
                At++;
            }
        }

        Flush(literal, parts);
        return parts.ToImmutable();
    }

    /// <summary>A placeholder; null after a fault.</summary>
    public Placeholder? ReadPlaceholder()
    {
        var start = At;
        Expect('{');
        var path = ReadPath(mayBeginWithList: false);
        var filters = ImmutableArray.CreateBuilder<ValueFilter>();
        while (Fault is null && TryTake('|'))
        {
            if (ReadFilter() is { } filter)
            {
                filters.Add(filter);
            }
        }

        var absence = Fault is null ? ReadAbsence() : new Absence.Refused();
        Expect('}');
        return Fault is not null || path is not [PathSegment.Member root, ..]
            ? null
            : new Placeholder(source[start..At], root.Name, path.RemoveAt(0), filters.ToImmutable(), absence);
    }

    /// <summary>The steps of a path, up to what is no part of one.</summary>
    public ImmutableArray<PathSegment> ReadPath(bool mayBeginWithList)
    {
        var segments = ImmutableArray.CreateBuilder<PathSegment>();
        if (!mayBeginWithList || Current() != '[')
        {
            ReadName(segments);
        }

        while (Fault is null)
        {
            if (TryTake('.'))
            {
                ReadName(segments);
            }
            else if (TryTake('['))
            {
                ReadBracket(segments);
            }
            else
            {
                break;
            }
        }

        return segments.ToImmutable();
    }

    private void ReadName(ImmutableArray<PathSegment>.Builder segments)
    {
        var start = At;
        while (!IsAtEnd && IsOfName(source[At]))
        {
            At++;
        }

        if (At == start)
        {
            Fail("lacks a name here; a placeholder is like \"{path}\", \"{items[].id}\" or \"{path|parent}\", and a brace as such is \"{{\".");
            return;
        }

        segments.Add(new PathSegment.Member(source[start..At]));
    }

    private void ReadBracket(ImmutableArray<PathSegment>.Builder segments)
    {
        if (TryTake(']'))
        {
            segments.Add(new PathSegment.Each());
            return;
        }

        if (Current() == '"')
        {
            ReadQuotedName(segments);
        }
        else
        {
            var start = At;
            while (char.IsAsciiDigit(Current()))
            {
                At++;
            }

            if (!int.TryParse(source.AsSpan(start, At - start), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                Fail("has brackets that hold neither nothing (each element), nor a number (\"[0]\"), nor a quoted name (\"[\\\"a.b\\\"]\").");
                return;
            }

            segments.Add(new PathSegment.At(index));
        }

        Expect(']');
    }

    private void ReadQuotedName(ImmutableArray<PathSegment>.Builder segments)
    {
        var start = At++;
        while (!IsAtEnd && source[At] != '"')
        {
            At += source[At] == '\\' ? 2 : 1;
        }

        At = Math.Min(At + 1, source.Length);
        if (JsonLiteral.TryParse(source[start..At]) is { ValueKind: JsonValueKind.String } name)
        {
            segments.Add(new PathSegment.Member(JsonLiteral.TextOf(name)));
        }
        else
        {
            Fail("has a quoted name that is no JSON string.");
        }
    }

    private ValueFilter? ReadFilter()
    {
        var start = At;
        while (char.IsAsciiLetter(Current()))
        {
            At++;
        }

        var name = source[start..At];
        if (ValueFilters.Find(name) is { } filter)
        {
            return filter;
        }

        At = start;
        Fail($"has no filter \"{Spelling.Shown(name)}\".{Spelling.Hint(name, ValueFilters.Names)}");
        return null;
    }

    private Absence ReadAbsence()
    {
        if (TryTake('?'))
        {
            return new Absence.LeftOut();
        }

        if (!TryTake('='))
        {
            return new Absence.Refused();
        }

        var end = source.IndexOf('}', At);
        var text = source[At..(end < 0 ? source.Length : end)];
        At += text.Length;
        return new Absence.Default(JsonLiteral.TryParse(text) ?? JsonLiteral.OfText(text));
    }

    private void Expect(char expected)
    {
        if (Fault is null && !TryTake(expected))
        {
            Fail(IsAtEnd
                ? $"ends where \"{expected}\" is expected; a brace as such is written \"{{{{\"."
                : $"has \"{Spelling.Shown(source[At].ToString())}\" where \"{expected}\" is expected; \"?\" and \"=default\" come last, as in \"{{path|parent?}}\".");
        }
    }

    private bool TryTake(char character)
    {
        if (IsAtEnd || source[At] != character)
        {
            return false;
        }

        At++;
        return true;
    }

    private void Fail(string message) => Fault ??= $"{message} (character {At + 1})";

    private char Current() => IsAtEnd ? '\0' : source[At];

    private char Next() => At + 1 < source.Length ? source[At + 1] : '\0';

    private static bool IsOfName(char character) =>
        !char.IsWhiteSpace(character) && !char.IsControl(character) && !NotInNames.Contains(character, StringComparison.Ordinal);

    private static void Flush(StringBuilder literal, ImmutableArray<TemplatePart>.Builder parts)
    {
        if (literal.Length > 0)
        {
            parts.Add(new TemplatePart.Literal(literal.ToString()));
            literal.Clear();
        }
    }
}

/// <summary>A part of a template.</summary>
internal abstract record TemplatePart
{
    private TemplatePart()
    {
    }

    /// <summary>Text that stands for itself.</summary>
    /// <param name="Text">That text.</param>
    public sealed record Literal(string Text) : TemplatePart;

    /// <summary>A placeholder.</summary>
    /// <param name="Placeholder">The placeholder.</param>
    public sealed record Hole(Placeholder Placeholder) : TemplatePart;
}
