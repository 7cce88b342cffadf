using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Agents;

/// <summary>What an answer says: to the agent in text, to its program in <c>_meta</c>.</summary>
/// <param name="Text">The tool's own text, without what the runtime has put before it.</param>
/// <param name="IsError">Whether the call did not do what was asked.</param>
/// <param name="Call">The call's name; null when the runtime says nothing of it.</param>
/// <param name="Status">What became of the call; empty when the runtime says nothing of it.</param>
/// <param name="Notices">What is not so any more.</param>
/// <param name="Answer">What one of the runtime's own tools answers; null otherwise.</param>
internal sealed record Told(
    string Text, bool IsError, string? Call, string Status, ImmutableArray<ToldNotice> Notices, JsonElement? Answer)
{
    /// <summary>The status of a call that did not take effect, whatever it is called: it can be made again.</summary>
    public const string NotDone = "not done";

    /// <summary>The agent's own calls that return something else now because of this one.</summary>
    public ImmutableArray<string> Changed { get; private init; } = [];

    /// <summary>How every block begins that the runtime puts before a tool's own.</summary>
    private const string Marker = "[coagent ";

    /// <summary>The rank of the agent's transaction; 0 when the runtime says nothing of it.</summary>
    public long Rank { get; private init; }

    /// <summary>Reads an answer.</summary>
    public static Told Of(RawMessage message)
    {
        if (message.IsError)
        {
            return new Told(message.Error.GetRawText(), IsError: true, Call: null, "", [], Answer: null);
        }

        var result = message.Result;
        var meta = MemberOf(result, "_meta");
        var call = MemberOf(meta, "coagent/call");
        var answer = MemberOf(meta, "coagent/answer");
        return new Told(
            TextOf(result),
            MemberOf(result, "isError")?.ValueKind == JsonValueKind.True,
            StringOf(call, "id"),
            MemberOf(call, "executed")?.ValueKind == JsonValueKind.False ? NotDone : StringOf(call, "status") ?? "",
            [.. NoticesOf(MemberOf(meta, "coagent/notices")), .. NoticesOf(MemberOf(answer, "notices"))],
            answer)
        {
            Rank = MemberOf(call, "rank") is { ValueKind: JsonValueKind.Number } rank ? rank.GetInt64() : 0,
            Changed =
            [
                .. NamesOf(MemberOf(meta, "coagent/changed"), "call"),
                .. NamesOf(MemberOf(answer, "changed"), "call"),
            ],
        };
    }

    /// <summary>The calls that a member of <see cref="Answer"/> lists, each a name or an object that has one.</summary>
    public ImmutableArray<string> CallsIn(string member) => NamesOf(MemberOf(Answer, member), "call");

    internal static ImmutableArray<string> NamesOf(JsonElement? list, string member) =>
        list is { ValueKind: JsonValueKind.Array } array
            ? [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : StringOf(item, member)).OfType<string>()]
            : [];

    internal static JsonElement? MemberOf(JsonElement? value, string name) =>
        value is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out var member) ? member : null;

    internal static string? StringOf(JsonElement? value, string name) =>
        MemberOf(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static string TextOf(JsonElement result)
    {
        if (MemberOf(result, "content") is not { ValueKind: JsonValueKind.Array } content)
        {
            return "";
        }

        var texts = content.EnumerateArray().Select(block => StringOf(block, "text")).OfType<string>().ToArray();
        return Array.Find(texts, text => !text.StartsWith(Marker, StringComparison.Ordinal)) ?? "";
    }

    private static IEnumerable<ToldNotice> NoticesOf(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(ToldNotice.Of) : [];
}

/// <summary>One notice.</summary>
/// <param name="Id">Its name: a repetition has the same.</param>
/// <param name="Kind">What has happened: <c>stale</c>, <c>result</c>, <c>displaced</c>, …</param>
/// <param name="Calls">The reader's own calls that it concerns.</param>
/// <param name="Now">What the oldest of them would be told now; null when nobody can tell.</param>
internal sealed record ToldNotice(string Id, string Kind, ImmutableArray<string> Calls, string? Now)
{
    public static ToldNotice Of(JsonElement notice) => new(
        Told.StringOf(notice, "id") ?? "",
        Told.StringOf(notice, "kind") ?? "",
        [
            .. Told.NamesOf(Told.MemberOf(notice, "calls"), "id")
                .Concat(Told.StringOf(notice, "call") is { } call ? [call] : []).Distinct(),
        ],
        Told.StringOf(notice, "now"));
}
