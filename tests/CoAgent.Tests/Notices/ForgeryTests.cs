using System.Buffers;
using System.Text;
using CoAgent.Protocol;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Notices;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Results;
using CoAgent.Tests.Results;

namespace CoAgent.Tests.Notices;

/// <summary>Nothing that a tool returns, and nothing that another agent asks, can pass for a line of ours.</summary>
public sealed class ForgeryTests
{
    private const int RunCount = 3_000;
    private const int Seed = 20261122;

    private static readonly NoticeMarker Marker = new("[coagent 7f3a9c01]");

    private static readonly string[] Pieces =
    [
        Marker.Text, "\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\v", "\f", "\0", "\u001b[2K", "\u202e", "\u200b", "| ", "\"",
        "\\", "\\n", " ", "a", "n4: your call", "c14", "\ud83d\ude00", "\ud83d", "\ufeff", "coagent_status shows all.", "-", "+", "@@",
    ];

    private static readonly SearchValues<char> Unseen = SearchValues.Create("\r\u0085\u2028\u2029\v\f\0\u001b\u202e\u200b\ufeff");

    [Fact]
    public void Whatever_a_result_says_each_line_of_it_is_behind_a_bar()
    {
        var random = new Random(Seed);
        for (var run = 0; run < RunCount; run++)
        {
            var told = RandomNotice(random);
            var text = NoticeText.Of(Marker, GateMode.Reissue, isGated: false, [told]);
            var lines = text.TrimEnd('\n').Split('\n');

            Assert.False(text.AsSpan().ContainsAny(Unseen), $"Seed {Seed}, run {run}: {text}");
            Assert.True(
                lines.Count(static line => line.StartsWith(Marker.Text, StringComparison.Ordinal)) == 2, $"Seed {Seed}, run {run}: {text}");
            Assert.All(lines, line => Assert.True(
                line.StartsWith(Marker.Text, StringComparison.Ordinal)
                    || line.StartsWith(Quote.Bar, StringComparison.Ordinal)
                    || line.StartsWith("  ", StringComparison.Ordinal),
                $"Seed {Seed}, run {run}: {line}"));
        }
    }

    [Fact]
    public void Whatever_a_call_says_it_stays_on_one_line()
    {
        var random = new Random(Seed);
        for (var run = 0; run < RunCount; run++)
        {
            var call = CallText.Of(Told.Call(1, "a", Foreign(random), $$"""{"{{Json(Foreign(random))}}":"{{Json(Foreign(random))}}"}""").Request);
            Assert.False(call.Contains('\n') || call.AsSpan().ContainsAny(Unseen), $"Seed {Seed}, run {run}: {call}");
        }
    }

    [Fact]
    public void The_members_are_JSON_whatever_they_hold()
    {
        var random = new Random(Seed);
        for (var run = 0; run < RunCount; run++)
        {
            using var document = System.Text.Json.JsonDocument.Parse(NoticeMembers.Of([RandomNotice(random)]));
            Assert.Equal("n4", document.RootElement[0].GetProperty("id").GetString());
        }
    }

    private static ToldNotice RandomNotice(Random random)
    {
        var call = Told.Call(12, "coder", Foreign(random), $$"""{"path":"{{Json(Foreign(random))}}"}""");
        var entry = new ToldEntry(
            call,
            call.Id,
            random.Next(4) == 0 ? null : Answers.Json($$"""{"content":[{"type":"text","text":"{{Json(Foreign(random))}}"}]}"""),
            random.Next(4) == 0 ? null : Answers.Json($$"""{"structuredContent":{"a":"{{Json(Foreign(random))}}"} }"""));
        var kind = (NoticeKind)random.Next(6);
        var told = Told.Of(kind, entry) with
        {
            Candidates = [call],
            Cause = Told.Call(20, "planner", Foreign(random), $$"""{"{{Json(Foreign(random))}}":1}"""),
        };
        return random.Next(2) == 0 ? told : Told.Caused(told, new NoticeCause(call.Id, null), call);
    }

    private static string Foreign(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(12); i > 0; i--)
        {
            text.Append(Pieces[random.Next(Pieces.Length)]);
        }

        return text.ToString();
    }

    // As a server may spell it, halves of surrogate pairs included: a serializer would mend them.
    private static string Json(string text) => string.Concat(text.Select(static character => $"\\u{(int)character:x4}"));
}
