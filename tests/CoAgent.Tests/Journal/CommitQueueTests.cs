using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Journal.Sqlite;

namespace CoAgent.Tests.Journal;

/// <summary>Who writes, and what a flush covers, at moments that threads rarely meet.</summary>
public sealed class CommitQueueTests
{
    private readonly CommitQueue _queue = new(lastNumber: 0);

    [Fact]
    public void Who_finds_nobody_writing_writes_all_that_waits()
    {
        Append(Persistence.Ordered);
        Append(Persistence.Flushed);
        Assert.Equal(3, Append(Persistence.Written).Turn?.Count);
    }

    [Fact]
    public void Who_finds_somebody_writing_waits_until_its_own_is_written()
    {
        var turn = Append(Persistence.Written).Turn!;
        var waiting = Append(Persistence.Written);
        Assert.True(waiting is { Turn: null, IsWorkThere: true });
        Assert.Null(_queue.TakeTurn(evenIfEmpty: true));
        Assert.True(_queue.EndTurn(turn));
        Assert.False(waiting.Done.IsCompleted);
        _queue.EndTurn(_queue.TakeTurn(evenIfEmpty: false)!);
        Assert.True(waiting.Done.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_flush_does_not_cover_what_is_still_being_written()
    {
        var flushed = Append(Persistence.Flushed);
        var turn = Append(Persistence.Written).Turn!;
        Assert.Null(_queue.WantedFlush());
        _queue.EndTurn(turn);
        Assert.Equal(2, _queue.WantedFlush());
        var late = Append(Persistence.Flushed);
        _queue.EndFlush(2);
        Assert.True(flushed.Done.IsCompletedSuccessfully);
        Assert.False(late.Done.IsCompleted);
    }

    [Fact]
    public void Whoever_must_not_write_gets_no_turn() =>
        Assert.Null(_queue.Append(Entry(), Persistence.Written, mayBeTurn: false).Turn);

    [Fact]
    public void Too_much_that_nobody_waits_for_is_waited_for()
    {
        var appended = 1;
        while (Append(Persistence.Ordered).Done.IsCompleted)
        {
            appended++;
        }

        Assert.Equal(257, appended);
    }

    [Fact]
    public void After_a_fault_nobody_waits_and_nothing_is_taken()
    {
        var turn = Append(Persistence.Written).Turn!;
        var flushed = Append(Persistence.Flushed);
        var fault = new JournalException("The disk is full.");
        _queue.Fail(fault);
        Assert.Same(fault, flushed.Done.Exception!.InnerException);
        Assert.Same(fault, Append(Persistence.Ordered).Done.Exception!.InnerException);
        Assert.Null(_queue.TakeTurn(evenIfEmpty: true));
        Assert.True(_queue.WhenWritten().IsCompleted);
        Assert.Single(turn);
    }

    [Fact]
    public void It_is_closed_when_all_is_written_and_flushed()
    {
        var flushed = Append(Persistence.Flushed);
        _queue.Close();
        Assert.IsType<ObjectDisposedException>(Append(Persistence.Ordered).Done.Exception!.InnerException);
        Assert.False(_queue.IsClosed);
        _queue.EndTurn(_queue.TakeTurn(evenIfEmpty: false)!);
        Assert.False(_queue.IsClosed);
        _queue.EndFlush(1);
        Assert.True(_queue.IsClosed && flushed.Done.IsCompletedSuccessfully);
    }

    private CommitQueue.Admission Append(Persistence persistence) => _queue.Append(Entry(), persistence, mayBeTurn: true);

    private static PendingEntry Entry() => PendingEntry.Of(Entries.Numbered(1));
}
