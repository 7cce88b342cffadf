using System.Text;
using CoAgent.Runtime.Journal;
using CoAgent.Runtime.Tools;
using static CoAgent.Tests.Journal.Entries;

namespace CoAgent.Tests.Journal;

/// <summary>What every journal keeps to: what was captured, and what stays of a call that was released.</summary>
public abstract class JournalContentCompliance : JournalSuite
{
    private protected JournalContentCompliance(JournalStore store)
        : base(store)
    {
    }

    [Fact]
    public async Task A_captured_content_is_found_by_its_name_until_its_call_is_released()
    {
        await Journal.AppendAsync(Prepared(1, Bytes("one"), Bytes("")), Persistence.Ordered);
        Assert.Equal("one", await TextAsync(Journal, Bytes("one")));
        Assert.Equal("", await TextAsync(Journal, Bytes("")));
        await Journal.AppendAsync(Released(1), Persistence.Written);
        await NotFoundAsync(Bytes("one"));
        await Store.ReopenAsync();
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
        await Store.KillAsync();
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

    private static string Cut(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).AsSpan(0, 160);
        return Encoding.UTF8.GetString(bytes).TrimEnd('\uFFFD') + "…";
    }

    private async Task NotFoundAsync(Content content) =>
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await Journal.ReadAsync(content.Id, CancellationToken.None));
}

public sealed class MemoryJournalContentTests() : JournalContentCompliance(new MemoryStore());

public sealed class SqliteJournalContentTests() : JournalContentCompliance(new SqliteStore());
