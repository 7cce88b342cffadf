using System.Text.Json;
using CoAgent.Protocol.Notices;
using CoAgent.Proxy.Notices;
using CoAgent.Runtime.Coordination;
using CoAgent.Tests.Results;

namespace CoAgent.Tests.Notices;

/// <summary>Notices as programs read them.</summary>
public sealed class NoticeMembersTests
{
    [Fact]
    public void A_stale_read_has_the_members_of_the_wire() => AssertJson(
        """
        {"id":"n4","kind":"stale","call":"c12","calls":["c12"],"objects":["file:/repo/geo.yaml"],"was":"a","now":"b",
         "cause":{"call":"c20","agent":"planner","rank":1},"candidates":["c14"]}
        """,
        Told.Stale("a", "b"));

    [Fact]
    public void A_change_from_outside_has_no_call_behind_it() => AssertJson(
        """
        {"id":"n4","kind":"outside","call":"c13","calls":["c13"],"objects":["file:/repo/geo.yaml"],
         "cause":{"outside":true},"candidates":["c14"]}
        """,
        Told.Caused(Told.Of(NoticeKind.Outside, Told.Entry(Told.Edit, null, null)), NoticeCause.Outside, call: null));

    [Fact]
    public void An_overflow_has_no_call() => AssertJson(
        """{"id":"n4","kind":"overflow","calls":[],"objects":[],"cause":{"call":"c20","agent":"planner","rank":1},"candidates":["c14"]}""",
        Told.Of(NoticeKind.Overflow));

    [Fact]
    public void A_loss_of_power_is_a_cause() => AssertJson(
        """{"id":"n4","kind":"overflow","calls":[],"objects":[],"cause":{"powerLoss":true},"candidates":["c14"]}""",
        Told.Caused(Told.Of(NoticeKind.Overflow), NoticeCause.PowerLoss, call: null));

    [Fact]
    public void A_cause_that_is_no_longer_known_has_no_agent() => AssertJson(
        """
        {"id":"n4","kind":"displaced","call":"c13","calls":["c13"],"objects":["file:/repo/geo.yaml"],"was":"a",
         "cause":{"call":"c20","rank":1},"candidates":["c14"]}
        """,
        Told.Of(NoticeKind.Displaced, Told.Entry(Told.Edit, Answers.Text("a"), null)) with { Cause = null });

    [Fact]
    public void What_is_asked_again_says_so()
    {
        var told = Told.Stale();
        var asked = First(told with { Notice = told.Notice with { IsAskedAgain = true } });
        Assert.True(asked.GetProperty("askedAgain").GetBoolean());
    }

    [Fact]
    public void A_value_may_have_four_kilobytes_and_beyond_there_is_a_diff()
    {
        var most = new string('é', NoticeLimits.ValueBytesMax / 2);
        var whole = First(Told.Stale(most, "b"));
        var more = First(Told.Stale(most + "a", "b"));

        Assert.Equal(most, whole.GetProperty("was").GetString());
        Assert.False(whole.TryGetProperty("diff", out _));
        Assert.False(more.TryGetProperty("was", out _));
        Assert.False(more.TryGetProperty("now", out _));
        Assert.Contains("+b", more.GetProperty("diff").GetString());
    }

    [Fact]
    public void A_diff_is_no_longer_than_a_value()
    {
        var was = string.Join('\n', Enumerable.Range(0, 1_000).Select(static n => $"{n} é {new string('a', 300)}"));
        var diff = First(Told.Stale(was, was.Replace('a', 'b'))).GetProperty("diff").GetString()!;
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(diff), 1_000, NoticeLimits.ValueBytesMax);
    }

    [Fact]
    public void Many_notices_keep_their_names_when_there_is_no_room_for_their_values()
    {
        var value = new string('a', NoticeLimits.ValueBytesMax);
        var count = (NoticeLimits.ValuesBytesMax / (2 * NoticeLimits.ValueBytesMax)) + 1;
        using var all = JsonDocument.Parse(NoticeMembers.Of([.. Enumerable.Repeat(Told.Stale(value, value), count)]));
        Assert.Equal(count, all.RootElement.GetArrayLength());
        Assert.True(all.RootElement[count - 2].TryGetProperty("was", out _));
        Assert.False(all.RootElement[count - 1].TryGetProperty("was", out _));
        Assert.Equal("c12", all.RootElement[count - 1].GetProperty("call").GetString());
    }

    [Fact]
    public void Changed_calls_have_both_results()
    {
        using var changed = JsonDocument.Parse(NoticeMembers.OfChanged(
        [
            new ToldChange(Told.Entry(Told.Read, Answers.Text("a"), Answers.Text("b")), IsOut: false),
            new ToldChange(Told.Entry(Told.Edit, Answers.Text("a"), null), IsOut: true),
        ]));
        Assert.Equal(
            """[{"call":"c12","was":"a","now":"b"},{"call":"c13","was":"a","displaced":true}]""", changed.RootElement.GetRawText());
    }

    private static JsonElement First(ToldNotice told)
    {
        using var document = JsonDocument.Parse(NoticeMembers.Of([told]));
        return document.RootElement[0].Clone();
    }

    private static void AssertJson(string expected, ToldNotice told)
    {
        using var document = JsonDocument.Parse(expected);
        Assert.Equal(JsonSerializer.Serialize(document.RootElement), JsonSerializer.Serialize(First(told)));
    }
}
