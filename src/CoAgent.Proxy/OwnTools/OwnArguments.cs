using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.OwnTools;

/// <summary>The arguments of a call of one of our tools. What is wrong with them is told in words, for the model.</summary>
internal sealed class OwnArguments : IDisposable
{
    private static readonly byte[] None = "{}"u8.ToArray();

    /// <summary>How long a request for a tool may be.</summary>
    public const int RequestCharsMax = 4_000;

    private readonly JsonDocument _document;

    /// <summary>Reads the arguments of a call.</summary>
    public OwnArguments(JsonRpcFrame call) => _document = JsonDocument.Parse(
        call.Members.Arguments.Exists ? call.Memory(call.Members.Arguments) : None, InputRequests.Deep);

    /// <summary>How long a finish may wait; null when the argument is no number of seconds.</summary>
    public TimeSpan? Wait(TimeSpan missing, TimeSpan max)
    {
        if (Member("wait") is not { } wait)
        {
            return missing;
        }

        // A model may write a number as text.
        var isNumber = wait.ValueKind == JsonValueKind.Number
            ? wait.TryGetDouble(out var seconds)
            : double.TryParse(Text(wait), NumberStyles.Float, CultureInfo.InvariantCulture, out seconds);
        return isNumber && seconds >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, max.TotalSeconds)) : null;
    }

    /// <summary>The calls that are named; null when they are no list of ids.</summary>
    public ImmutableArray<CallId>? Calls()
    {
        if (Member("calls") is not { } calls)
        {
            return null;
        }

        JsonElement[] named = calls.ValueKind == JsonValueKind.Array ? [.. calls.EnumerateArray()] : [calls];
        var ids = named.Select(static name => Number(Text(name), 'c')).ToArray();
        return ids.Length > 0 && ids.All(static id => id is not null) ? [.. ids.Select(static id => new CallId(id!.Value))] : null;
    }

    /// <summary>The notice that is named; null when it is no id.</summary>
    public NoticeId? Notice() => Member("notice") is { } notice && Number(Text(notice), 'n') is { } number ? new NoticeId(number) : null;

    /// <summary>What was decided; null when it is none of the three.</summary>
    public NoticeDecision? Decision() => Member("decision") is { } decision
        ? Text(decision) switch
        {
            "keep" => NoticeDecision.Keep,
            "revised" => NoticeDecision.Revised,
            "retracted" => NoticeDecision.Retracted,
            _ => null,
        }
        : null;

    /// <summary>Why; null when it is not said.</summary>
    public string? Reason() => Member("reason") is { } reason && Text(reason) is { Length: > 0 } text ? text : null;

    /// <summary>What a tool is asked for: words, or a command; null when it is not said.</summary>
    public string? Request() => Member("request") is { } request && Text(request).Trim() is { Length: > 0 and <= RequestCharsMax } text ? text : null;

    public void Dispose() => _document.Dispose();

    private JsonElement? Member(string name) =>
        _document.RootElement.ValueKind == JsonValueKind.Object && _document.RootElement.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long? Number(string name, char letter) =>
        name.Length > 1 && name[0] == letter && long.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
