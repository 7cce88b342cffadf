using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using CoAgent.Fixtures.Wire;

namespace CoAgent.Fixtures.Raw;

/// <summary>Fills the placeholders of a script's line from the message that it answers, or from an earlier one.</summary>
/// <remarks>
/// <c>${id}</c>, <c>${progressToken}</c>, <c>${method}</c>, <c>${params}</c>, <c>${arguments}</c>, <c>${meta}</c>,
/// <c>${result}</c>, <c>${error}</c>, <c>${line}</c>: as they were written; <c>null</c> where they are not there.
/// <c>${id@tool:slow}</c>: the same of the last message that the rule on <c>tool:slow</c> took.
/// <c>${repeat:N:TEXT}</c>: the text N times; <c>${nest:N}</c>: N brackets opened and closed.
/// </remarks>
internal sealed partial class Placeholders
{
    private readonly ConcurrentDictionary<string, WireMessage> taken = new();

    public void Remember(string on, WireMessage message) => taken[on] = message;

    public string Fill(string line, WireMessage? message) =>
        Placeholder().Replace(line, found => Value(found.Groups["name"].Value, found.Groups["rest"].Value, message));

    private string Value(string name, string rest, WireMessage? message) => name switch
    {
        "repeat" => Repeat(rest),
        "nest" => new string('[', int.Parse(rest)) + new string(']', int.Parse(rest)),
        _ => Read(name, rest.Length == 0 ? message : taken.GetValueOrDefault(rest)) ?? "null",
    };

    private static string? Read(string name, WireMessage? message) => name switch
    {
        "id" => message?.Id,
        "progressToken" => message?.ProgressToken,
        "method" => message?.Method,
        "params" => WireMessage.Raw(message?.Params),
        "arguments" => WireMessage.Raw(WireMessage.Member(message?.Params, "arguments")),
        "meta" => WireMessage.Raw(message?.Meta),
        "result" => WireMessage.Raw(message?.Result),
        "error" => WireMessage.Raw(message?.Error),
        "line" => message is null ? null : Encoding.UTF8.GetString(message.Line.Span),
        _ => throw new InvalidDataException($"${{{name}}} is not a placeholder."),
    };

    private static string Repeat(string rest)
    {
        var colon = rest.IndexOf(':', StringComparison.Ordinal);
        return new StringBuilder().Insert(0, rest[(colon + 1)..], int.Parse(rest[..colon])).ToString();
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z]+)(?:[@:](?<rest>[^}]*))?\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Placeholder();
}
