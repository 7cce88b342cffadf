using System.Collections.Immutable;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Notices;
using CoAgent.Runtime.Coordination;
using CoAgent.Tests.Results;
using CoAgent.Tests.Support;

namespace CoAgent.Tests.Notices;

/// <summary>Notices as a model reads them.</summary>
public sealed class NoticeTextTests
{
    private static readonly NoticeMarker Marker = new("[coagent 7f3a9c01]");

    [Fact]
    public void A_stale_read_tells_the_call_the_difference_its_cause_and_what_followed() =>
        Snapshot.Matches("notice-stale", Text(Told.Stale()));

    [Fact]
    public void A_read_that_cannot_be_made_again_says_so() => Snapshot.Matches(
        "notice-stale-unknown", Text(Told.Of(NoticeKind.Stale, Told.Entry(Told.Read, Answers.Text(Told.Was), null))));

    [Fact]
    public void A_read_that_fails_now_says_so() => Snapshot.Matches(
        "notice-stale-failure",
        Text(Told.Of(NoticeKind.Stale, Told.Entry(Told.Read, Answers.Text(Told.Was), Answers.Failure("geo.yaml does not exist")))));

    [Fact]
    public void Reads_of_one_object_are_told_together() => Snapshot.Matches(
        "notice-stale-several",
        Text(Told.Of(
            NoticeKind.Stale,
            Told.Entry(Told.Read, Answers.Text(Told.Was), Answers.Text(Told.Now)),
            Told.Entry(
                Told.Call(15, "coder", "search", """{"pattern":"geo:"}"""), Answers.Text("geo.yaml:2"), Answers.Text("nothing")))));

    [Fact]
    public void A_read_that_moved_along_with_its_agent_has_no_call_behind_it() =>
        Snapshot.Matches("notice-stale-moved", Text(Told.Caused(Told.Stale(), NoticeCause.Outside, call: null)));

    [Fact]
    public void A_replayed_write_tells_what_it_answered_instead() => Snapshot.Matches(
        "notice-result", Text(Told.Of(NoticeKind.Result, Told.Entry(Told.Edit, Answers.Text("1 place changed"), Answers.Text("2 places changed")))));

    [Fact]
    public void A_promised_write_that_failed_tells_how() => Snapshot.Matches(
        "notice-result-promised",
        Text(Told.Caused(
            Told.Of(NoticeKind.Result, Told.Entry(Told.Edit, null, Answers.Failure("no such address"))),
            new NoticeCause(Told.Edit.Id, null),
            Told.Edit)));

    [Fact]
    public void A_displaced_write_tells_with_what_it_failed() => Snapshot.Matches(
        "notice-displaced",
        Text(Told.Of(NoticeKind.Displaced, Told.Entry(Told.Edit, Answers.Text("1 place changed"), Answers.Failure("'bad' is not in geo.yaml")))));

    [Fact]
    public void A_displaced_write_that_is_never_repeated_has_no_error() => Snapshot.Matches(
        "notice-displaced-never", Text(Told.Of(NoticeKind.Displaced, Told.Entry(Told.Edit, Answers.Text("1 place changed"), null))));

    [Fact]
    public void A_write_that_was_taken_back_for_its_agent_says_so() => Snapshot.Matches(
        "notice-reverted",
        Text(Told.Caused(
            Told.Of(NoticeKind.Reverted, Told.Entry(Told.Edit, Answers.Text("1 place changed"), null)),
            new NoticeCause(Told.Edit.Id, null),
            Told.Edit)));

    [Fact]
    public void A_change_from_outside_says_that_the_object_is_closed() => Snapshot.Matches(
        "notice-outside",
        Text(Told.Caused(Told.Of(NoticeKind.Outside, Told.Entry(Told.Edit, null, null)), NoticeCause.Outside, call: null)));

    [Fact]
    public void More_than_is_told_one_by_one_makes_everything_doubtful() =>
        Snapshot.Matches("notice-overflow", Text(Told.Of(NoticeKind.Overflow)));

    [Fact]
    public void A_loss_of_power_makes_everything_doubtful() => Snapshot.Matches(
        "notice-power-loss", Text(Told.Caused(Told.Of(NoticeKind.Overflow), NoticeCause.PowerLoss, call: null) with { Candidates = [] }));

    [Fact]
    public void What_is_asked_again_says_why()
    {
        var told = Told.Stale();
        Snapshot.Matches("notice-asked-again", Text(told with { Notice = told.Notice with { IsAskedAgain = true } }));
    }

    [Theory]
    [InlineData(GateMode.Reissue, true)]
    [InlineData(GateMode.Reissue, false)]
    [InlineData(GateMode.Acknowledge, true)]
    [InlineData(GateMode.Acknowledge, false)]
    [InlineData(GateMode.Off, true)]
    [InlineData(GateMode.Off, false)]
    public void The_last_line_says_how_to_go_on(GateMode gate, bool isGated)
    {
        var text = NoticeText.Of(Marker, gate, isGated, [Told.Stale()]);
        var last = text.TrimEnd('\n').Split('\n')[^1];
        Assert.Equal(isGated, last.Contains("The call was not executed.", StringComparison.Ordinal));
        Assert.Equal(gate == GateMode.Acknowledge, last.Contains("coagent_resolve", StringComparison.Ordinal));
        Assert.StartsWith(Marker.Text, last);
        Assert.EndsWith("\n", text);
        Assert.EndsWith(gate switch { GateMode.Acknowledge => "retracted).", _ => "coagent_undo." }, last);
    }

    [Fact]
    public void Nothing_to_tell_is_no_text()
    {
        Assert.Equal("", NoticeText.Of(Marker, GateMode.Reissue, isGated: false, []));
        Assert.Equal("", NoticeText.OfChanged(Marker, []));
    }

    [Fact]
    public void What_is_too_much_is_shortened_and_then_counted()
    {
        var was = string.Join('\n', Enumerable.Range(0, 60).Select(static n => $"{n} {new string('a', 80)}"));
        ImmutableArray<ToldNotice> notices = [.. Enumerable.Repeat(Told.Stale(was, was.Replace('a', 'b')), 20)];
        var text = NoticeText.Of(Marker, GateMode.Reissue, isGated: false, notices);

        Assert.InRange(text.Length, NoticeLimits.BlockCharsMax / 2, NoticeLimits.BlockCharsMax);
        Assert.Equal(NoticeLimits.NoticesMax, text.Split("n4: ").Length - 1);
        Assert.Contains("8 more notices: coagent_status shows all.", text);
    }

    [Fact]
    public void A_long_difference_is_cut_to_the_room_that_there_is()
    {
        var was = string.Join('\n', Enumerable.Range(0, 60).Select(static n => $"{n} {new string('a', 80)}"));
        var stale = Told.Stale(was, was.Replace('a', 'b'));
        var one = NoticeText.Of(Marker, GateMode.Reissue, isGated: false, [stale]);
        var three = NoticeText.Of(Marker, GateMode.Reissue, isGated: false, [stale, stale, stale]);

        Assert.Contains($"… {121 - NoticeLimits.QuoteLinesMax} more lines", one);
        Assert.Contains($"… {121 - (NoticeLimits.QuoteLinesMax / 2)} more lines", three);
        Assert.InRange(three.Length, NoticeLimits.BlockCharsMax / 2, NoticeLimits.BlockCharsMax);
    }

    [Fact]
    public void As_many_notices_as_may_be_are_told_without_a_count()
    {
        ImmutableArray<ToldNotice> notices = [.. Enumerable.Repeat(Told.Of(NoticeKind.Overflow), NoticeLimits.NoticesMax)];
        Assert.DoesNotContain("more notice", NoticeText.Of(Marker, GateMode.Reissue, isGated: false, notices));
        Assert.Contains("1 more notice:", NoticeText.Of(Marker, GateMode.Reissue, isGated: false, notices.Add(notices[0])));
    }

    [Fact]
    public void Own_calls_that_an_undo_has_changed_are_told_in_its_answer() => Snapshot.Matches(
        "changed",
        NoticeText.OfChanged(
            Marker,
            [
                new ToldChange(Told.Entry(Told.Read, Answers.Text(Told.Was), Answers.Text(Told.Now)), IsOut: false),
                new ToldChange(Told.Entry(Told.Edit, Answers.Text("1 place changed"), Answers.Failure("'bad' is not in geo.yaml")), IsOut: true),
            ]));

    [Fact]
    public void A_marker_is_the_same_for_a_transaction_at_any_time_and_another_for_each()
    {
        Assert.Equal(NoticeMarker.Of("secret", new TransactionId(3)), NoticeMarker.Of("secret", new TransactionId(3)));
        Assert.NotEqual(NoticeMarker.Of("secret", new TransactionId(3)), NoticeMarker.Of("secret", new TransactionId(4)));
        Assert.NotEqual(NoticeMarker.Of("secret", new TransactionId(3)), NoticeMarker.Of("other", new TransactionId(3)));
        Assert.Matches(@"^\[coagent [0-9a-f]{8}\]$", NoticeMarker.Of("secret", new TransactionId(3)).Text);
    }

    private static string Text(ToldNotice told) => NoticeText.Of(Marker, GateMode.Reissue, isGated: false, [told]);
}
