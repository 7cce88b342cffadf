using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CoAgent.Protocol;
using CoAgent.Proxy.Notices;
using CoAgent.Proxy.Pipeline;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What <c>coagent_undo</c> answers: what became of each call, what was made again above it, what changed.</summary>
internal static class UndoReport
{
    /// <summary>The answer.</summary>
    /// <param name="answer">What the coordinator says.</param>
    /// <param name="notices">Its notices and changes, in words.</param>
    public static OwnAnswer Of(UndoAnswer answer, NoticeBlock notices) => new(Words(answer), Members(answer))
    {
        IsError = answer.Calls.All(static call => call.Fate is UndoFate.NotFound or UndoFate.Kept),
        Notices = notices,
    };

    private static JsonObject Members(UndoAnswer answer) => new()
    {
        ["calls"] = new JsonArray([.. answer.Calls.Select(static call => (JsonNode)Member(call))]),
        ["replayed"] = new JsonArray([.. answer.Replayed.Select(static call => (JsonNode?)JsonValue.Create($"{call}"))]),
        ["changed"] = JsonNode.Parse(NoticeMembers.OfChanged(answer.Changed)),
    };

    private static JsonObject Member(UndoneCall call)
    {
        var member = new JsonObject { ["call"] = $"{call.Call}", ["fate"] = JsonNamingPolicy.CamelCase.ConvertName($"{call.Fate}") };
        if (call.Refusal is { } refusal)
        {
            member["reason"] = DecisionWords.WordsOf(refusal);
        }

        return member;
    }

    private static string Words(UndoAnswer answer)
    {
        var words = new StringBuilder();
        foreach (var call in answer.Calls)
        {
            words.Append($"{call.Call}: {Words(call)}\n");
        }

        if (!answer.Replayed.IsEmpty)
        {
            words.Append($"Made again above it: {string.Join(", ", answer.Replayed)}.\n");
        }

        return words.ToString().TrimEnd();
    }

    private static string Words(UndoneCall call) => call.Fate switch
    {
        UndoFate.TakenBack => "taken back.",
        UndoFate.WasRead => "a read; there was nothing to take back.",
        UndoFate.Dropped => "had not been made yet; it will not be.",
        UndoFate.WasDisplaced => "was out already; its notice is closed.",
        UndoFate.Kept => $"stays. {(call.Refusal is { } refusal ? DecisionWords.WordsOf(refusal) : "It cannot be taken back.")}",
        UndoFate.NotFound => "no call of yours that could be taken back has this id.",
        _ => throw new InvalidOperationException($"Nobody knows the fate {call.Fate}."),
    };
}
