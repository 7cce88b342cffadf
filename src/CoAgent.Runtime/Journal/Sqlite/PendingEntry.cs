using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Journal.Codec;
using CoAgent.Runtime.Tools;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>An entry that is to be written.</summary>
/// <param name="Stored">Its bytes.</param>
/// <param name="Captured">The contents that its call uses from now on; null when it says nothing of that.</param>
/// <param name="Released">The calls whose details and contents go with it.</param>
internal sealed record PendingEntry(StoredEntry Stored, ImmutableArray<Content>? Captured, ImmutableArray<CallId> Released)
{
    // Beyond, who appends does not wait for it on its own thread.
    private const int QuickBytesMax = 256 * 1024;
    private const int QuickCallsMax = 32;

    /// <summary>How much it holds in memory until it is written.</summary>
    public long BytesTotal { get; } = Stored.Body.Length + Stored.Detail.Length
        + (Captured is { } contents ? contents.Sum(static content => (long)content.Bytes.Length) : 0);

    /// <summary>The longest of its pieces, in bytes.</summary>
    public long LongestBytes => Math.Max(
        Math.Max(Stored.Body.Length, Stored.Detail.Length),
        Captured is { IsEmpty: false } contents ? contents.Max(static content => content.Bytes.Length) : 0);

    /// <summary>Whether it is written in some microseconds.</summary>
    public bool IsQuick => BytesTotal <= QuickBytesMax && Released.Length <= QuickCallsMax && !(Captured?.Length > QuickCallsMax);

    public static PendingEntry Of(JournalEntry entry) => new(
        JournalCodec.Encode(entry),
        entry is JournalEntry.Prepared prepared ? prepared.Before.Contents : null,
        entry is JournalEntry.Released released ? released.Calls : []);
}
