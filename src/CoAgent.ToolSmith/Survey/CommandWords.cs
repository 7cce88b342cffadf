using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Survey;

/// <summary>The words of a command, sorted: what it does, how, and to what.</summary>
/// <param name="Program">The program.</param>
/// <param name="Verbs">What it is to do, where it has verbs: <c>set image</c>.</param>
/// <param name="Options">Its options by name; the order in which they were written does not count.</param>
/// <param name="Operands">The other words, in order.</param>
internal sealed record CommandWords(
    string Program, ImmutableArray<string> Verbs, ImmutableArray<CommandOption> Options, ImmutableArray<string> Operands)
{
    private const string Separator = "--";

    /// <summary>What two commands have in common that one tool can stand for: all but values and operands.</summary>
    internal string Form => string.Join(' ', [Program, .. Verbs, .. Options.Select(static option => option.Value is null ? option.Name : $"{option.Name} …")]);

    /// <summary>Whether its options may stand in any order; else its words are taken by their places.</summary>
    internal bool IsSorted { get; private init; } = true;

    /// <summary>Whether its operands stand behind <c>--</c>.</summary>
    internal bool HasSeparator { get; private init; }

    /// <summary>Reads the words of a command.</summary>
    internal static CommandWords Of(ImmutableArray<string> words)
    {
        var program = words[0];
        if (WordGrammar.Of(program) is not { } grammar)
        {
            return ByPlace(words);
        }

        var reading = new Reading(program, grammar);
        for (var at = 1; at < words.Length; at++)
        {
            at = reading.Take(words, at);
        }

        return reading.IsClear
            ? new CommandWords(
                program,
                [.. reading.Verbs],
                [.. reading.Options.OrderBy(static option => option.IsEarly ? 0 : 1).ThenBy(static option => option.Name, StringComparer.Ordinal)],
                [.. reading.Operands])
            {
                HasSeparator = reading.HasSeparator,
            }
            : ByPlace(words);
    }

    // An option of a program that nobody has listed stays where it stands, and so do all words.
    private static CommandWords ByPlace(ImmutableArray<string> words) => new(
        words[0],
        [],
        [.. words.Skip(1).Where(static word => word is ['-', _, ..]).Select(static word => new CommandOption(NameOf(word), null))],
        words.RemoveAt(0))
    {
        IsSorted = false,
    };

    private static string NameOf(string word) => word.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign ? word[..sign] : word;

    /// <summary>The words read so far.</summary>
    private sealed class Reading(string program, WordGrammar grammar)
    {
        public List<string> Verbs { get; } = [];

        public List<CommandOption> Options { get; } = [];

        public List<string> Operands { get; } = [];

        public bool HasSeparator { get; private set; }

        public bool IsClear { get; private set; } = true;

        private bool HasVerbs => Verbs.Count > 0 && Verbs.Count >= grammar.VerbCount(program, Verbs[0]);

        /// <summary>Takes the word at a place; answers the last place that was taken.</summary>
        public int Take(ImmutableArray<string> words, int at)
        {
            var word = words[at];
            if (HasSeparator || word is not ['-', _, ..])
            {
                (grammar.VerbsMax > 0 && !HasVerbs && Operands.Count == 0 && !HasSeparator ? Verbs : Operands).Add(word);
                return at;
            }

            if (word == Separator)
            {
                HasSeparator = true;
                return at;
            }

            return word.StartsWith(Separator, StringComparison.Ordinal) ? TakeLong(words, at) : TakeShort(words, at);
        }

        private int TakeLong(ImmutableArray<string> words, int at)
        {
            var word = words[at];
            if (word.IndexOf('=', StringComparison.Ordinal) is > 0 and var sign)
            {
                Add(word[..sign], word[(sign + 1)..], isAttached: true);
                return at;
            }

            if (!grammar.LongWithValue.Contains(word))
            {
                Add(word, value: null);
                return at;
            }

            IsClear &= at + 1 < words.Length;
            Add(word, at + 1 < words.Length ? words[at + 1] : "", isAttached: true);
            return at + 1;
        }

        private int TakeShort(ImmutableArray<string> words, int at)
        {
            var word = words[at];
            if (program is "head" or "tail" && word.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)
            {
                Add("-n", word[1..]);
                return at;
            }

            for (var letter = 1; letter < word.Length; letter++)
            {
                if (!grammar.WithValue.Contains(word[letter]) || Verbs is ["log" or "show" or "diff"] && word[letter] is 'u' or 'm' or 'b')
                {
                    Add($"-{word[letter]}", value: null);
                    continue;
                }

                if (letter + 1 < word.Length)
                {
                    Add($"-{word[letter]}", word[(letter + 1)..]);
                    return at;
                }

                IsClear &= at + 1 < words.Length;
                Add($"-{word[letter]}", at + 1 < words.Length ? words[at + 1] : "");
                return at + 1;
            }

            return at;
        }

        private void Add(string name, string? value, bool isAttached = false) => Options.Add(new CommandOption(name, value)
        {
            IsAttached = isAttached,
            IsEarly = grammar.VerbsMax > 0 && !HasVerbs && program != "kubectl",
        });
    }
}

/// <summary>An option of a command.</summary>
/// <param name="Name">Its name, dashes included; of combined short ones each has its own.</param>
/// <param name="Value">Its value; null where it has none.</param>
internal sealed record CommandOption(string Name, string? Value)
{
    /// <summary>Whether the value is written behind an equals sign.</summary>
    internal bool IsAttached { get; init; }

    /// <summary>Whether it stands before the verb, where the program looks for it.</summary>
    internal bool IsEarly { get; init; }
}
