using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Quarantines;
using CoAgent.Proxy.Notices;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Results;

namespace CoAgent.Proxy.Hosting;

/// <summary>A notice as the operator sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Transaction">Who is told.</param>
/// <param name="Agent">Whose transaction that is; null when it is no longer known.</param>
/// <param name="IsUnattended">Whether the transaction has ended and nobody came for it.</param>
/// <param name="Calls">The calls that it concerns.</param>
/// <param name="Objects">The objects that it is about.</param>
/// <param name="Words">What it says, on one line.</param>
internal sealed record NoticeReport(
    string Id, string Kind, string Transaction, string? Agent, bool IsUnattended,
    ImmutableArray<string> Calls, ImmutableArray<string> Objects, string Words)
{
    /// <summary>The open notices of a workspace: of transactions that go on, in rank order, then of those that have ended.</summary>
    public static ImmutableArray<NoticeReport> Of(WorkspaceSnapshot snapshot) =>
    [
        .. snapshot.Open.SelectMany(static status => status.OpenNotices.Select(
            notice => Of(notice, status.Transaction.Agent.Value, isUnattended: status.Stage == TransactionStage.Unattended))),
        .. snapshot.Unattended.Select(notice => Of(notice, AgentOf(snapshot, notice), isUnattended: true)),
    ];

    private static NoticeReport Of(ToldNotice told, string? agent, bool isUnattended) => new(
        $"{told.Notice.Id}",
        NoticeMembers.KindOf(told.Notice.Kind),
        $"{told.Notice.Transaction}",
        agent,
        isUnattended,
        [.. told.Entries.Select(static entry => $"{entry.Id}")],
        [.. NoticeWords.ObjectsOf(told).Select(static one => $"{one}")],
        HistoryWords.Of(told.Notice) + HistoryWords.BecauseItSays(told.Reason));

    private static string? AgentOf(WorkspaceSnapshot snapshot, ToldNotice notice) =>
        snapshot.Ended.FirstOrDefault(ended => ended.Transaction.Id == notice.Notice.Transaction)?.Transaction.Agent.Value
        ?? notice.Entries.FirstOrDefault(static entry => entry.Call is not null)?.Call?.Agent.Value;
}

/// <summary>A quarantine as the operator sees it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Call">The call whose effect is in question.</param>
/// <param name="Agent">Who made it; null when that is no longer known.</param>
/// <param name="Tool">What it was, in a few words; null when that is no longer known.</param>
/// <param name="Objects">What no call may touch meanwhile.</param>
/// <param name="Reason">Why.</param>
/// <param name="Details">What the tool or server said; null when it said nothing.</param>
internal sealed record QuarantineReport(
    string Id, string Call, string? Agent, string? Tool, ImmutableArray<string> Objects, string Reason, string? Details)
{
    public static QuarantineReport Of(QuarantineStatus status) => new(
        $"{status.Quarantine.Id}",
        $"{status.Quarantine.Call}",
        status.Call?.Agent.Value,
        status.Call is { } call ? CallText.Of(call.Request) : null,
        [.. status.Quarantine.Objects.Select(static one => $"{one}")],
        HistoryWords.Of(status.Quarantine.Reason),
        status.Reason);
}

/// <summary>A call that waits for lower ranks.</summary>
internal sealed record HeldCallReport(string Call, string Agent, string Tool);

/// <summary>Calls to be taken back.</summary>
internal sealed record UndoOrder(ImmutableArray<string> Calls);

/// <summary>A transaction to be taken back: its id, or its agent.</summary>
internal sealed record AbortOrder(string Of);

/// <summary>A quarantine to be released: <c>applied</c> or <c>takenBack</c>.</summary>
internal sealed record ReleaseOrder(string Quarantine, ReleaseVerdict Verdict);

/// <summary>What became of a call that was to be taken back.</summary>
internal sealed record UndoneReport(string Call, UndoFate Fate, string Words)
{
    public static UndoneReport Of(UndoneCall undone) => new($"{undone.Call}", undone.Fate, HistoryWords.Of(undone));
}

/// <summary>What <c>coagent undo --json</c> prints.</summary>
internal sealed record UndoReport(ImmutableArray<UndoneReport> Calls, ImmutableArray<string> Replayed);

/// <summary>What <c>coagent abort --json</c> prints.</summary>
internal sealed record AbortReport(string Transaction, string Agent, ImmutableArray<UndoneReport> Calls);

/// <summary>What <c>coagent release --json</c> prints.</summary>
internal sealed record ReleaseReport(string Quarantine, ReleaseVerdict Verdict);

/// <summary>The catalog is to be read again.</summary>
internal sealed record CatalogOrder;

/// <summary>What reading the catalog again came to.</summary>
internal sealed record CatalogRead(int Tools, ImmutableArray<string> Faults);

/// <summary>What the daemon says when it does not do what the operator asked.</summary>
internal sealed record OperatorRefusal(string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    Converters = [typeof(CamelCaseEnum<UndoFate>), typeof(CamelCaseEnum<ReleaseVerdict>)],
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(UndoOrder))]
[JsonSerializable(typeof(AbortOrder))]
[JsonSerializable(typeof(ReleaseOrder))]
[JsonSerializable(typeof(UndoReport))]
[JsonSerializable(typeof(AbortReport))]
[JsonSerializable(typeof(ReleaseReport))]
[JsonSerializable(typeof(CatalogOrder))]
[JsonSerializable(typeof(CatalogRead))]
[JsonSerializable(typeof(OperatorRefusal))]
internal sealed partial class OperatorJson : JsonSerializerContext;

/// <summary>An enumeration as JSON spells names.</summary>
internal sealed class CamelCaseEnum<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;
