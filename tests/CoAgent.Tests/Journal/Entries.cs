using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Resting;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Journal;

/// <summary>Plain entries for tests.</summary>
internal static class Entries
{
    public static readonly DateTimeOffset At = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    /// <summary>A text that is longer than what stays of a released call.</summary>
    public static readonly string LongText = string.Concat(Enumerable.Repeat("{\"path\":\"näher\"} ", 100));

    public static JournalEntry Numbered(long number) =>
        new JournalEntry.Taken(At, new Input.Cancel(new CallId(number)));

    public static long NumberOf(JournalEntry entry) =>
        entry is JournalEntry.Taken { Input: Input.Cancel cancel } ? cancel.Call.Number : -1;

    public static JournalEntry.Proposed Proposed(long call, string arguments)
    {
        var footprint = Footprint.Create([ObjectPattern.Parse("file:/a/**")], [ObjectPattern.Parse("file:/a/b.cs")]);
        var request = new ToolRequest("files", "write_file", Encoding.UTF8.GetBytes(arguments));
        return new JournalEntry.Proposed(
            At,
            new Input.Propose(new CallId(call), new TransactionId(3), new CallDeclaration(footprint)),
            new NamedCall(new CallId(call), AgentId.Create("planner"), request),
            IsErrorAnOutcome: false);
    }

    public static JournalEntry.Prepared Prepared(long call, params Content[] contents) => new(
        At, new EffectId(call), new CallId(call), new Capture(Encoding.UTF8.GetBytes(LongText), [.. contents]));

    public static JournalEntry.Ended Ended(long call, string result) => new(
        At,
        new Input.Ended(new EffectId(call), new Outcome.Done(new ResultDigest(7), 11)),
        new CallId(call),
        new ToolResult(ToolResultKind.Answer, Encoding.UTF8.GetBytes(result)),
        Encoding.UTF8.GetBytes(LongText),
        Reason: null);

    public static JournalEntry.Released Released(params long[] calls) =>
        new(At, [.. calls.Select(static call => new CallId(call))]);

    /// <summary>Nothing was open at the entry of that number.</summary>
    public static JournalEntry.Rested Rested(long number) => new(
        At,
        number,
        "boot",
        new ProtocolOptions(),
        new MemoryRest(
            new WorkspaceRest(number, 5, 6, 7, 8, new OrderRest(9, new Rank(10), [], [], []), []), LastCall: 11, LastRequest: 12, [], [], []));

    public static async Task<IReadOnlyList<JournalEntry>> SinceRestAsync(IJournal journal)
    {
        var entries = new List<JournalEntry>();
        await foreach (var entry in journal.ReadSinceRestAsync(CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public static Content Bytes(string text) => Content.Of(Encoding.UTF8.GetBytes(text));

    public static async Task<ImmutableArray<JournalEntry>> AllAsync(IJournal journal)
    {
        var entries = ImmutableArray.CreateBuilder<JournalEntry>();
        await foreach (var entry in journal.ReadAllAsync(CancellationToken.None))
        {
            entries.Add(entry);
        }

        return entries.ToImmutable();
    }

    public static async Task<IReadOnlyList<long>> NumbersAsync(IJournal journal) =>
        [.. (await AllAsync(journal)).Select(NumberOf)];

    public static async Task<string> TextAsync(IJournal journal, Content content) =>
        Encoding.UTF8.GetString((await journal.ReadAsync(content.Id, CancellationToken.None)).Span);
}
