using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Notices;
using CoAgent.Proxy.Pipeline;
using CoAgent.Runtime.Coordination;
using Call = CoAgent.Runtime.Coordination.CallStatus;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What <c>coagent_status</c> answers: who one is, what has changed, what one has done, who else is here.</summary>
/// <param name="Agent">Who asks.</param>
/// <param name="Open">The asker's transaction; null when none is open.</param>
/// <param name="Workspace">The workspace.</param>
/// <param name="Calls">The calls of the transaction.</param>
internal sealed record StatusReport(AgentId Agent, Transaction? Open, WorkspaceSnapshot Workspace, ImmutableArray<Call> Calls)
{
    /// <summary>How many calls are listed, the latest; a model pays for each.</summary>
    public const int CallsMax = 50;

    /// <summary>How many unknown tools are told of in words.</summary>
    public const int UnknownToolsMax = 10;

    /// <summary>The names by which agents know their calls.</summary>
    public required ShownNames Names { get; init; }

    /// <summary>The tools that were called and that nobody has declared.</summary>
    public ImmutableArray<CalledUnknown> UnknownTools { get; init; } = [];

    private ImmutableArray<ToldNotice> Notices =>
        Names.Of(Workspace.Open.FirstOrDefault(status => status.Transaction.Id == Open?.Id)?.OpenNotices ?? []);

    private IEnumerable<TransactionStatus> Others => Workspace.Open.Where(status => status.Transaction.Id != Open?.Id);

    /// <summary>The answer.</summary>
    /// <param name="marker">What our words to the asker begin with; null when no transaction is open.</param>
    /// <param name="gate">How a write passes the premise gate.</param>
    public OwnAnswer ToAnswer(string? marker, GateMode gate) => new(Words(marker, gate), Members(marker));

    private JsonObject Members(string? marker)
    {
        var members = new JsonObject { ["agent"] = Agent.Value };
        if (Open is { } open)
        {
            members["transaction"] = $"{open.Id}";
            members["rank"] = open.Rank.Value;
            members["marker"] = marker;
        }

        members["notices"] = JsonNode.Parse(NoticeMembers.Of(Notices));
        members["calls"] = new JsonArray([.. Calls.Select(static call => (JsonNode)Member(call))]);
        members["others"] = new JsonArray([.. Others.Select(static other => (JsonNode)Member(other))]);
        members["quarantines"] = new JsonArray([.. Workspace.Quarantines.Select(static entry => (JsonNode)new JsonObject
        {
            ["id"] = $"{entry.Quarantine.Id}",
            ["call"] = $"{entry.Quarantine.Call}",
            ["objects"] = new JsonArray([.. entry.Quarantine.Objects.Select(static pattern => (JsonNode?)JsonValue.Create($"{pattern}"))]),
        })]);
        members["unknownTools"] = new JsonArray([.. UnknownTools.Select(static one => (JsonNode)new JsonObject
        {
            ["server"] = one.Server,
            ["tool"] = one.Tool,
            ["reason"] = one.Why.Reason,
            ["command"] = one.Why.Command,
        })]);
        return members;
    }

    private static JsonObject Member(Call call) => new()
    {
        ["call"] = $"{call.Call.Id}",
        ["n"] = call.Position?.Number,
        ["tool"] = call.Call.Request.Tool,
        ["server"] = call.Call.Request.Server,
        ["state"] = call.State,
    };

    private static JsonObject Member(TransactionStatus other) => new()
    {
        ["agent"] = other.Transaction.Agent.Value,
        ["transaction"] = $"{other.Transaction.Id}",
        ["rank"] = other.Transaction.Rank.Value,
        ["state"] = JsonNamingPolicy.CamelCase.ConvertName($"{other.Stage}"),
    };

    private string Words(string? marker, GateMode gate)
    {
        var words = new StringBuilder();
        words.Append(Open is { } open
            ? $"You are {Agent} in transaction {open.Id}, rank {open.Rank}. Notices to you are marked {marker}.\n"
            : $"You are {Agent}. You have no open transaction; your next tool call begins one.\n");
        words.Append(Others.Any()
            ? $"At work, in serial order: {string.Join("; ", Others.Select(static other => $"{other.Transaction.Agent} (rank {other.Transaction.Rank}, {WordOf(other.Stage)})"))}.\n"
            : "Nobody else is at work.\n");
        AppendNotices(words, marker, gate);
        AppendCalls(words);
        foreach (var entry in Workspace.Quarantines)
        {
            words.Append($"Closed until the operator has looked ({entry.Quarantine.Id}): {string.Join(", ", entry.Quarantine.Objects)}.\n");
        }

        foreach (var one in UnknownTools.Take(UnknownToolsMax))
        {
            words.Append($"Unknown tool {one.Tool} of {one.Server}, so its calls are taken wide and may wait: {one.Why.Reason} The operator can end that: {one.Why.Command}\n");
        }

        return words.ToString().TrimEnd();
    }

    private void AppendNotices(StringBuilder words, string? marker, GateMode gate)
    {
        if (marker is null || Notices.IsEmpty)
        {
            words.Append("No open notices.\n");
            return;
        }

        words.Append("Open notices:\n").Append(NoticeText.Of(new NoticeMarker(marker), gate.ToProtocol(), isGated: false, Notices));
    }

    private void AppendCalls(StringBuilder words)
    {
        if (Calls.IsEmpty)
        {
            return;
        }

        words.Append("Your calls:");
        if (Calls.Length > CallsMax)
        {
            words.Append($" (the latest {CallsMax} of {Calls.Length})");
        }

        foreach (var call in Calls.TakeLast(CallsMax))
        {
            words.Append($"\n  {call.Call.Id} {call.Call.Request.Tool} {call.State}");
        }

        words.Append('\n');
    }

    private static string WordOf(TransactionStage stage) => JsonNamingPolicy.CamelCase.ConvertName($"{stage}");
}
