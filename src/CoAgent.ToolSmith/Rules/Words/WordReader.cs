using System.Collections.Immutable;
using CoAgent.ToolSmith.Shell.Evaluation;

namespace CoAgent.ToolSmith.Rules.Words;

/// <summary>Reads words as the usual programs do: options anywhere, short ones together, values attached or next, <c>--</c> before operands.</summary>
internal sealed class WordReader
{
    private static readonly FieldValue.Unknown s_unknown = new("only its beginning is known", IsSingle: true, "");

    private readonly CommandRule _rule;
    private readonly CommandRule? _above;
    private readonly ImmutableArray<FieldValue> _words;
    private readonly ImmutableArray<GivenOption>.Builder _options = ImmutableArray.CreateBuilder<GivenOption>();
    private readonly ImmutableArray<FieldValue>.Builder _operands = ImmutableArray.CreateBuilder<FieldValue>();
    private int _at;
    private int? _markAt;
    private bool _isUnclear;
    private string? _fault;

    private WordReader(CommandRule rule, CommandRule? above, ImmutableArray<FieldValue> words, int at)
    {
        _rule = rule;
        _above = above;
        _words = words;
        _at = at;
    }

    /// <summary>Reads words from a place on.</summary>
    /// <param name="rule">Whose words they are.</param>
    /// <param name="above">Whose options may stand here too.</param>
    /// <param name="words">The words of the whole command.</param>
    /// <param name="at">The first; afterwards, the one that was not read.</param>
    /// <param name="stopsAtOperand">Whether the first operand, which is a subcommand's name, is left.</param>
    /// <param name="fault">Why they cannot be read.</param>
    internal static CommandWords? Read(
        CommandRule rule, CommandRule? above, ImmutableArray<FieldValue> words, ref int at, bool stopsAtOperand, out string? fault)
    {
        var reader = new WordReader(rule, above, words, at);
        reader.ReadAll(stopsAtOperand);
        at = reader._at;
        fault = reader._fault;
        return fault is null
            ? new CommandWords(reader._options.ToImmutable(), reader._operands.ToImmutable()) { MarkAt = reader._markAt, IsUnclear = reader._isUnclear }
            : null;
    }

    private void ReadAll(bool stopsAtOperand)
    {
        var hasEnded = _rule.TakesPlainWords;
        while (_at < _words.Length && _fault is null)
        {
            var word = _words[_at];
            if (!hasEnded && IsOption(word, out var text, out var isWhole))
            {
                _at++;
                if (text == "--" && isWhole)
                {
                    hasEnded = true;
                    _markAt = _operands.Count;
                }
                else
                {
                    ReadOption(text, isWhole);
                }

                continue;
            }

            if (stopsAtOperand)
            {
                return;
            }

            if (!hasEnded && word is FieldValue.Unknown { Prefix: "" } or FieldValue.Unknown { IsSingle: false })
            {
                NoteUnclear(hasEnded);
            }

            _operands.Add(word);
            _at++;
            hasEnded |= _rule.StopsAtOperand;
        }
    }

    private void NoteUnclear(bool hasEnded)
    {
        if (_rule.ReadsOnly)
        {
            _isUnclear = true;
        }
        else if (!hasEnded)
        {
            _fault = "an argument is not known, and may be an option";
        }
    }

    private static bool IsOption(FieldValue word, out string text, out bool isWhole)
    {
        (text, isWhole) = word switch
        {
            FieldValue.Text { Value: ['-', _, ..] value } => (value, true),
            FieldValue.Unknown { Prefix: ['-', ..] prefix, IsSingle: true } => (prefix, false),
            _ => ("", false),
        };
        return text.Length > 0;
    }

    private void ReadOption(string text, bool isWhole)
    {
        if (text.StartsWith("--", StringComparison.Ordinal) || (_rule.HasOneDash && Rule(text.Split('=')[0]) is not null))
        {
            ReadLong(text, isWhole);
        }
        else if (_rule.TakesNumbers && isWhole && !text.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
        {
            _options.Add(new GivenOption(new OptionRule("-0", [], IsOptional: false), []));
        }
        else
        {
            ReadShort(text, isWhole);
        }
    }

    private void ReadLong(string text, bool isWhole)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var name = sign < 0 ? text : text[..sign];
        if ((!isWhole && sign < 0) || Rule(name) is not { } option)
        {
            Refuse(name);
            return;
        }

        if (sign >= 0)
        {
            var value = text[(sign + 1)..];
            AddAttached(option, name, isWhole ? new FieldValue.Text(value) : s_unknown with { Prefix = value });
            return;
        }

        Add(option, []);
    }

    private void ReadShort(string text, bool isWhole)
    {
        for (var at = 1; at < text.Length; at++)
        {
            var name = "-" + text[at];
            if (Rule(name) is not { } option)
            {
                Refuse(name);
                return;
            }

            if (option.Values.IsEmpty)
            {
                _options.Add(new GivenOption(option, []));
                continue;
            }

            var rest = text[(at + 1)..];
            if (rest.Length > 0 || !isWhole)
            {
                AddAttached(option, name, isWhole ? new FieldValue.Text(rest) : s_unknown with { Prefix = rest });
            }
            else
            {
                Add(option, []);
            }

            return;
        }

        // What follows may be more options.
        if (!isWhole)
        {
            _fault = "an option is not known as a whole";
        }
    }

    private void AddAttached(OptionRule option, string name, FieldValue value)
    {
        if (option.Values.IsEmpty)
        {
            Refuse(name + "=");
        }
        else if (option.IsOptional)
        {
            _options.Add(new GivenOption(option, [value]));
        }
        else
        {
            Add(option, [value]);
        }
    }

    /// <summary>Takes the values that are still missing from the words that follow.</summary>
    private void Add(OptionRule option, ImmutableArray<FieldValue> values)
    {
        while (!option.IsOptional && values.Length < option.Values.Length)
        {
            if (_at == _words.Length || _words[_at] is FieldValue.Unknown { IsSingle: false })
            {
                _fault = $"the value of {option.Name} is not there, or not known to be one";
                return;
            }

            values = values.Add(_words[_at++]);
        }

        _options.Add(new GivenOption(option, values));
    }

    private OptionRule? Rule(string name) =>
        _rule.Options.TryGetValue(name, out var own) ? own : _above is not null && _above.Options.TryGetValue(name, out var other) ? other : null;

    private void Refuse(string option) => _fault = $"{option} is not in the rule of {_rule.Name}";
}
