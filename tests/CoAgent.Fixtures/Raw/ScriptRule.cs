using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoAgent.Fixtures.Raw;

/// <summary>One line of a script: which message it answers, and with which lines.</summary>
/// <remarks>
/// <c>on</c> is <c>start</c>, a method, <c>tool:NAME</c>, <c>answer</c> (any answer of the client), or
/// <c>answer:ID</c> with the id as it is written. The first rule that fits and has not been used up is taken.
/// </remarks>
internal sealed record ScriptRule
{
    private static readonly JsonSerializerOptions Strict = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public required string On { get; init; }

    /// <summary>The lines to send, with placeholders.</summary>
    public IReadOnlyList<string> Send { get; init; } = [];

    /// <summary>Written to standard error before the lines are sent.</summary>
    public string? Stderr { get; init; }

    /// <summary>Ends the process with this code after the lines are sent.</summary>
    public int? Exit { get; init; }

    /// <summary>How often the rule is taken; always, where it is not given.</summary>
    public int? Times { get; init; }

    /// <summary>Reads a script: one rule a line; empty lines and lines that start with <c>#</c> are left out.</summary>
    public static IReadOnlyList<ScriptRule> ReadAll(string file) =>
    [
        .. File.ReadLines(file)
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => JsonSerializer.Deserialize<ScriptRule>(line, Strict)
                ?? throw new InvalidDataException($"{file}: a rule is an object.")),
    ];
}
