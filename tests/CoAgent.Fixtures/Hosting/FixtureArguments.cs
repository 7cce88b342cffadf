namespace CoAgent.Fixtures.Hosting;

/// <summary>The command line after the verb: words, and options that take one value each.</summary>
internal sealed class FixtureArguments
{
    private readonly Dictionary<string, string> options = [];

    private FixtureArguments()
    {
    }

    /// <summary>What is not an option, in order.</summary>
    public List<string> Words { get; } = [];

    public static FixtureArguments Parse(IReadOnlyList<string> arguments)
    {
        var parsed = new FixtureArguments();
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                parsed.Words.Add(argument);
            }
            else if (argument == "--until-eof")
            {
                parsed.options[argument] = "";
            }
            else
            {
                index++;
                parsed.options[argument] = index < arguments.Count
                    ? arguments[index]
                    : throw new UsageException($"{argument} needs a value.");
            }
        }

        return parsed;
    }

    public bool Has(string option) => options.ContainsKey(option);

    public string? Find(string option) => options.GetValueOrDefault(option);

    public string Require(string option) =>
        Find(option) ?? throw new UsageException($"{option} is needed.");

    public int? FindNumber(string option) => Find(option) is not { } text
        ? null
        : int.TryParse(text, out var number)
            ? number
            : throw new UsageException($"{option} takes a whole number, not '{text}'.");

    public string Word(int index, string meaning) =>
        index < Words.Count ? Words[index] : throw new UsageException($"The {meaning} is missing.");
}

/// <summary>The command line cannot be understood.</summary>
internal sealed class UsageException(string message) : Exception(message);
