using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Order;
using CoAgent.Protocol.Resting;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Coordination;

/// <content>Where nothing is open, what is known is little enough to be written down: reading can begin there.</content>
internal sealed partial class WorkspaceMemory
{
    /// <summary>How many reads may wait for agents that are gone; those who left before are told that not all is remembered.</summary>
    public const int LapsedReadsMax = 1_000;

    /// <summary>How many bytes these reads may ask and answer together; beyond, none is kept.</summary>
    public const long LapsedBytesMax = 16L << 20;

    /// <summary>The longest answer that is kept with such a read, in bytes.</summary>
    public const int LapsedResultBytesMax = 16 * 1024;

    private const int ShownCallsMax = 16;
    private const int ShownArgumentBytesMax = 160;
    private static readonly byte[] s_cut = Encoding.UTF8.GetBytes("…");

    /// <summary>The number of the entry that was taken in last, counted from the journal's beginning.</summary>
    public long LastEntry { get; private set; }

    /// <summary>The number of the latest entry at which nothing was open; 0 before the first.</summary>
    public long LastRest { get; private set; }

    /// <summary>The machine's boot in which the entries were written; empty when it is not known.</summary>
    public string BootId { get; private set; } = "";

    /// <summary>Whether the power was lost while agents were there, and they have not been told.</summary>
    public bool IsPowerLossUntold { get; private set; }

    /// <summary>Whether nothing is open: a journal can be read from here on.</summary>
    public bool IsAtRest => Transactions.Count == 0 && Out.Count == 0 && Quarantines.Count == 0 && State.IsAtRest;

    /// <summary>The entry that says all that is known now, for those who begin to read there.</summary>
    public JournalEntry.Rested Rest(DateTimeOffset at) => new(at, LastEntry + 1, BootId, State.Options, Left());

    private MemoryRest Left()
    {
        var state = State.Rest(LapsedReadsMax);
        if (ReadsOf(state).Sum(read => BytesOf(LapsedOf(read))) > LapsedBytesMax)
        {
            state = State.Rest(lapsedReadsMax: 0);
        }

        return new MemoryRest(
            state, LastCall, LastRequest, [.. ReadsOf(state).Select(LapsedOf)], [.. _ended], [.. _unattended.Select(Brief)]);
    }

    /// <summary>Goes on from what an entry says, also where it was all known before: so a daemon and its successor know the same.</summary>
    private void GoOnFrom(JournalEntry.Rested rested)
    {
        Invariant.Require(IsAtRest, "what is left is all that is known where nothing is open");
        Invariant.Require(LastEntry == 0 || LastEntry + 1 == rested.Number, "an entry that names its number has it");
        var left = rested.Left;
        State = WorkspaceState.From(left.State, rested.Options);
        (LastEntry, LastRest, BootId, IsPowerLossUntold) = (rested.Number, rested.Number, rested.BootId, false);
        (LastCall, LastRequest) = (left.LastCall, left.LastRequest);
        _releases.Clear();
        Replace(_ended, left.Ended);
        Replace(_unattended, left.Unattended);
        _lapsed.Clear();
        foreach (var (read, call) in ReadsOf(left.State).Zip(left.Lapsed))
        {
            _lapsed.Add(read.Call);
            var record = RecordOf(read, call);
            Calls.GetValueOrDefault(read.Call)?.Answers.ForEach(Results.Release);
            Calls[read.Call] = record;
        }

        _forgotten.AddRange(Calls.Keys.Where(call => !_lapsed.Contains(call)));
    }

    private CallRecord RecordOf(LapsedRead read, LapsedCall call)
    {
        var record = new CallRecord(call.Call, call.Transaction, read.Declaration.Footprint, call.IsErrorAnOutcome) { IsOpen = false };
        if (call.Told is { } told && read.Told is { } digest)
        {
            (record.Latest, record.LatestDigest) = (told, digest);
            Keep(record, digest, told);
        }

        return record;
    }

    private void Note(JournalEntry.Opened opened)
    {
        var isOtherBoot = BootId.Length > 0 && opened.BootId.Length > 0 && BootId != opened.BootId;
        IsPowerLossUntold |= isOtherBoot && Transactions.Values.Any(record => record.IsAttended);
        BootId = opened.BootId;
    }

    private static IEnumerable<LapsedRead> ReadsOf(WorkspaceRest state) => state.Lapsed.SelectMany(agent => agent.Reads);

    private LapsedCall LapsedOf(LapsedRead read)
    {
        var record = Calls[read.Call];
        var told = AnswerOf(record, read.Told);
        return new LapsedCall(
            record.Call, record.Transaction, record.IsErrorAnOutcome, told is { Utf8.Length: <= LapsedResultBytesMax } ? told : null);
    }

    private static long BytesOf(LapsedCall lapsed) => lapsed.Call.Request.ArgumentsUtf8.Length + (lapsed.Told?.Utf8.Length ?? 0);

    /// <summary>A notice that nobody came for, with what an operator is shown of it.</summary>
    private static ToldNotice Brief(ToldNotice told) => new(
        told.Notice with { Entries = [.. told.Notice.Entries.Take(ShownCallsMax)], Candidates = [] },
        [.. told.Entries.Take(ShownCallsMax).Select(entry =>
            new ToldEntry(Brief(entry.Call), entry.Id, Was: null, Now: null) { Objects = [.. entry.Objects.Take(ShownCallsMax)] })],
        Brief(told.Cause),
        Candidates: [])
    {
        Reason = told.Reason,
    };

    private static NamedCall? Brief(NamedCall? call) => call is { Request.ArgumentsUtf8.Length: > ShownArgumentBytesMax }
        ? call with { Request = call.Request with { ArgumentsUtf8 = Cut(call.Request.ArgumentsUtf8.Span) } }
        : call;

    private static ReadOnlyMemory<byte> Cut(ReadOnlySpan<byte> utf8)
    {
        var length = ShownArgumentBytesMax;
        while (length > 0 && (utf8[length] & 0xC0) == 0x80)
        {
            length--; // not within a character
        }

        return (byte[])[.. utf8[..length], .. s_cut];
    }

    private static void Replace<T>(Queue<T> queue, ImmutableArray<T> items)
    {
        queue.Clear();
        foreach (var item in items)
        {
            queue.Enqueue(item);
        }
    }
}
