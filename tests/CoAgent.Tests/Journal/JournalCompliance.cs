using System.Text;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What every journal keeps to.</summary>
public abstract class JournalCompliance : IAsyncLifetime
{
    private readonly JournalStore _store;

    private protected JournalCompliance(JournalStore store) => _store = store;

    private IJournal Journal => _store.Journal;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _store.Flushes.Release();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_new_journal_is_empty() => Assert.Empty(await AllAsync(Journal));

    [Fact]
    public async Task Entries_come_back_as_they_were_in_the_order_in_which_they_were_appended()
    {
        JournalEntry[] entries =
        [
            Proposed(1, "{}"), Numbered(5), Proposed(2, LongText), Prepared(2), Ended(2, LongText), Ended(1, "{\"a\":1}"), Numbered(6),
        ];
        Persistence[] levels = [Persistence.Ordered, Persistence.Written, Persistence.Flushed];
        for (var i = 0; i < entries.Length; i++)
        {
            await Journal.AppendAsync(entries[i], levels[i % levels.Length]);
        }

        Assert.Equal(entries.Select(Dump.Of), (await AllAsync(Journal)).Select(Dump.Of));
        await _store.ReopenAsync();
        Assert.Equal(entries.Select(Dump.Of), (await AllAsync(Journal)).Select(Dump.Of));
    }

    [Fact]
    public async Task What_is_opened_again_goes_on_behind_what_there_was()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await _store.ReopenAsync();
        await Journal.AppendAsync(Numbered(2), Persistence.Written);
        await _store.KillAsync();
        await Journal.AppendAsync(Numbered(3), Persistence.Flushed);
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal));
    }

    [Fact]
    public async Task What_was_written_survives_the_end_of_the_process_and_takes_along_what_came_before()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(3), Persistence.Written);
        await _store.KillAsync();
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal));
    }

    [Fact]
    public async Task What_was_only_ordered_is_never_there_without_what_came_before()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(3), Persistence.Ordered);
        await _store.KillAsync();
        var left = await NumbersAsync(Journal);
        Assert.Equal(Enumerable.Range(1, left.Count).Select(static number => (long)number), left);
        Assert.NotEmpty(left);
    }

    [Fact]
    public async Task What_was_flushed_survives_a_loss_of_power_and_takes_along_what_came_before()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(2), Persistence.Written);
        await Journal.AppendAsync(Prepared(4, Bytes("before")), Persistence.Flushed);
        await Journal.AppendAsync(Numbered(3), Persistence.Written);
        await _store.CutPowerAsync();
        Assert.Equal([1, 2, -1], await NumbersAsync(Journal));
        Assert.Equal("before", await TextAsync(Journal, Bytes("before")));
    }

    [Fact]
    public async Task An_append_is_not_flushed_before_its_flush_has_ended()
    {
        _store.Flushes.Hold();
        var flushed = Journal.AppendAsync(Numbered(1), Persistence.Flushed).AsTask();
        await _store.Flushes.HeldAsync();
        Assert.False(flushed.IsCompleted);
        _store.Flushes.Release();
        await flushed;
    }

    [Fact]
    public async Task Nobody_who_only_wants_to_be_written_waits_for_a_flush()
    {
        _store.Flushes.Hold();
        var flushed = Journal.AppendAsync(Numbered(1), Persistence.Flushed).AsTask();
        await _store.Flushes.HeldAsync();
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        await Journal.AppendAsync(Numbered(3), Persistence.Written);
        Assert.False(flushed.IsCompleted);
        Assert.Equal([1, 2, 3], await NumbersAsync(Journal));
        _store.Flushes.Release();
        await flushed;
    }

    [Fact]
    public async Task What_comes_while_a_flush_runs_shares_the_next_one()
    {
        _store.Flushes.Hold();
        var first = Journal.AppendAsync(Numbered(0), Persistence.Flushed).AsTask();
        await _store.Flushes.HeldAsync();
        var others = Enumerable.Range(1, 64).Select(i => Journal.AppendAsync(Numbered(i), Persistence.Flushed).AsTask()).ToArray();
        Assert.Equal(1, _store.Flushes.Count);
        _store.Flushes.Release();
        await first;
        await Task.WhenAll(others);
        Assert.Equal(2, _store.Flushes.Count);
        Assert.Equal(Enumerable.Range(0, 65).Select(static number => (long)number), await NumbersAsync(Journal));
    }

    [Fact]
    public async Task A_written_append_flushes_nothing_and_a_flushed_one_flushes_once()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        await Journal.AppendAsync(Numbered(2), Persistence.Ordered);
        Assert.Equal(0, _store.Flushes.Count);
        await Journal.AppendAsync(Numbered(3), Persistence.Flushed);
        Assert.Equal(1, _store.Flushes.Count);
    }

    [Fact]
    public async Task A_captured_content_is_found_by_its_name_until_its_call_is_released()
    {
        await Journal.AppendAsync(Prepared(1, Bytes("one"), Bytes("")), Persistence.Ordered);
        Assert.Equal("one", await TextAsync(Journal, Bytes("one")));
        Assert.Equal("", await TextAsync(Journal, Bytes("")));
        await Journal.AppendAsync(Released(1), Persistence.Written);
        await NotFoundAsync(Bytes("one"));
        await _store.ReopenAsync();
        await NotFoundAsync(Bytes("one"));
    }

    [Fact]
    public async Task A_content_stays_as_long_as_a_call_uses_it()
    {
        var shared = Bytes("shared");
        await Journal.AppendAsync(Prepared(1, shared, Bytes("own")), Persistence.Written);
        await Journal.AppendAsync(Prepared(2, shared), Persistence.Written);
        await Journal.AppendAsync(Prepared(3, Content.Known(shared.Id)), Persistence.Written);
        await Journal.AppendAsync(Released(1, 2), Persistence.Written);
        Assert.Equal("shared", await TextAsync(Journal, shared));
        await NotFoundAsync(Bytes("own"));
        await Journal.AppendAsync(Released(3), Persistence.Written);
        await NotFoundAsync(shared);
    }

    [Fact]
    public async Task A_call_that_is_prepared_again_uses_what_was_captured_last()
    {
        await Journal.AppendAsync(Prepared(1, Bytes("old"), Bytes("same")), Persistence.Written);
        await Journal.AppendAsync(Prepared(1, Bytes("new"), Content.Known(Bytes("same").Id)), Persistence.Written);
        await NotFoundAsync(Bytes("old"));
        Assert.Equal("new", await TextAsync(Journal, Bytes("new")));
        Assert.Equal("same", await TextAsync(Journal, Bytes("same")));
    }

    [Fact]
    public async Task A_content_that_was_released_can_be_captured_again()
    {
        await Journal.AppendAsync(Prepared(1, Bytes("text")), Persistence.Written);
        await Journal.AppendAsync(Released(1), Persistence.Written);
        await Journal.AppendAsync(Prepared(2, Bytes("text")), Persistence.Written);
        Assert.Equal("text", await TextAsync(Journal, Bytes("text")));
    }

    [Fact]
    public async Task A_capture_comes_back_as_its_manifest_and_the_names_of_its_contents()
    {
        await Journal.AppendAsync(Prepared(1, Bytes("one"), Bytes("")), Persistence.Written);
        var before = Assert.IsType<JournalEntry.Prepared>(Assert.Single(await AllAsync(Journal))).Before;
        Assert.Equal(LongText, Encoding.UTF8.GetString(before.ManifestUtf8.Span));
        Assert.Equal([Bytes("one").Id, Bytes("").Id], before.Contents.Select(static content => content.Id));
        Assert.Equal([true, false], before.Contents.Select(static content => content.IsKnown));
    }

    [Fact]
    public async Task A_capture_of_unknown_bytes_is_refused_and_nothing_is_kept_after_it()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        var missing = Content.Known(Bytes("nowhere").Id);
        var refused = await Assert.ThrowsAsync<JournalException>(
            async () => await Journal.AppendAsync(Prepared(2, missing), Persistence.Written));
        Assert.Equal(
            $"A capture names the content {missing.Id}, which the journal does not have. This is a fault of CoAgent; nothing was executed.",
            refused.Message);
        await Assert.ThrowsAsync<JournalException>(async () => await Journal.AppendAsync(Numbered(3), Persistence.Written));
        await _store.KillAsync();
        Assert.Equal([1], await NumbersAsync(Journal));
    }

    [Fact]
    public async Task Of_a_released_call_the_inputs_stay_and_the_beginnings_of_its_texts()
    {
        var (proposed, ended) = (Proposed(1, LongText), Ended(1, LongText));
        await Journal.AppendAsync(proposed, Persistence.Written);
        await Journal.AppendAsync(Prepared(1, Bytes("before")), Persistence.Written);
        await Journal.AppendAsync(ended, Persistence.Written);
        await Journal.AppendAsync(Proposed(2, LongText), Persistence.Written);
        await Journal.AppendAsync(Released(1), Persistence.Written);
        var entries = await AllAsync(Journal);

        var cutProposed = Assert.IsType<JournalEntry.Proposed>(entries[0]);
        Assert.Equal(Dump.Of(proposed.Input), Dump.Of(cutProposed.Input));
        Assert.Equal(Cut(LongText), Encoding.UTF8.GetString(cutProposed.Call.Request.ArgumentsUtf8.Span));
        var cutEnded = Assert.IsType<JournalEntry.Ended>(entries[2]);
        Assert.Equal(Dump.Of(ended.Input), Dump.Of(cutEnded.Input));
        Assert.Equal(Cut(LongText), Encoding.UTF8.GetString(cutEnded.Result!.Utf8.Span));
        Assert.True(cutEnded.AfterUtf8.IsEmpty);
        Assert.Equal(Dump.Of(Proposed(2, LongText)), Dump.Of(entries[3]));
    }

    [Fact]
    public async Task Short_texts_outlive_the_release_of_their_call()
    {
        await Journal.AppendAsync(Proposed(1, "{\"path\":\"a\"}"), Persistence.Written);
        await Journal.AppendAsync(Released(1), Persistence.Written);
        Assert.Equal(Dump.Of(Proposed(1, "{\"path\":\"a\"}")), Dump.Of((await AllAsync(Journal))[0]));
    }

    [Fact]
    public async Task A_reader_sees_what_there_was_when_it_began_while_others_write()
    {
        for (var i = 0; i < 500; i++)
        {
            await Journal.AppendAsync(Numbered(i), Persistence.Ordered);
        }

        await Journal.AppendAsync(Proposed(900, LongText), Persistence.Ordered);
        var read = new List<JournalEntry>();
        await foreach (var entry in Journal.ReadAllAsync(CancellationToken.None))
        {
            if (read.Count == 0)
            {
                await Journal.AppendAsync(Numbered(1_000), Persistence.Written);
                await Journal.AppendAsync(Released(900), Persistence.Flushed);
            }

            read.Add(entry);
        }

        Assert.Equal(501, read.Count);
        Assert.Equal(Dump.Of(Proposed(900, LongText)), Dump.Of(read[^1]));
        Assert.Equal(503, (await AllAsync(Journal)).Length);
    }

    [Fact]
    public async Task A_reader_that_is_cancelled_stops()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Written);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Journal.ReadAllAsync(cancelled.Token))
            {
            }
        });
    }

    [Fact]
    public async Task After_a_full_disk_every_append_fails_and_what_was_acknowledged_is_there()
    {
        await Journal.AppendAsync(Numbered(1), Persistence.Flushed);
        _store.FillDisk();
        var refused = await Assert.ThrowsAsync<JournalException>(async () =>
        {
            for (var i = 2; i < 10_000; i++)
            {
                await Journal.AppendAsync(Proposed(i, LongText), Persistence.Written);
            }
        });
        Assert.Contains("Free some space", refused.Message, StringComparison.Ordinal);
        foreach (var level in Enum.GetValues<Persistence>())
        {
            Assert.Same(refused, await Assert.ThrowsAsync<JournalException>(async () => await Journal.AppendAsync(Numbered(9), level)));
        }

        await _store.KillAsync();
        Assert.Equal(1, (await NumbersAsync(Journal))[0]);
        await Journal.AppendAsync(Numbered(3), Persistence.Flushed);
    }

    [Fact]
    public async Task A_flush_that_fails_fails_who_waits_for_it_and_all_later_appends()
    {
        _store.Flushes.Hold();
        var first = Journal.AppendAsync(Numbered(1), Persistence.Flushed).AsTask();
        await _store.Flushes.HeldAsync();
        var second = Journal.AppendAsync(Numbered(2), Persistence.Flushed).AsTask();
        _store.Flushes.Break("the disk is gone");
        _store.Flushes.Release();
        var refused = await Assert.ThrowsAsync<JournalException>(() => first);
        Assert.Contains("(the disk is gone). Look into the disk and start again", refused.Message, StringComparison.Ordinal);
        Assert.Same(refused, await Assert.ThrowsAsync<JournalException>(() => second));
        await Assert.ThrowsAsync<JournalException>(async () => await Journal.AppendAsync(Numbered(3), Persistence.Ordered));
        Assert.Equal(1, _store.Flushes.Count);
    }

    [Fact]
    public async Task A_closed_journal_takes_nothing_more()
    {
        await Journal.DisposeAsync();
        await Journal.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await Journal.AppendAsync(Numbered(1), Persistence.Ordered));
    }

    private static string Cut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsSpan(0, 160);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\uFFFD') + "…";
    }

    private async Task NotFoundAsync(Content content) =>
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await Journal.ReadAsync(content.Id, CancellationToken.None));
}

public sealed class MemoryJournalTests() : JournalCompliance(new MemoryStore());

public sealed class SqliteJournalComplianceTests() : JournalCompliance(new SqliteStore());
