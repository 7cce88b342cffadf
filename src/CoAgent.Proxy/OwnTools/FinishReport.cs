using System.Text;
using System.Text.Json.Nodes;
using CoAgent.Protocol;
using CoAgent.Proxy.Pipeline;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Proxy.OwnTools;

/// <summary>What <c>coagent_finish</c> answers: finished, or what is missing.</summary>
internal static class FinishReport
{
    /// <summary>It is over.</summary>
    public static OwnAnswer Finished() => new(
        "Finished: what you did stands. A further call begins a new transaction.", new JsonObject { ["state"] = "finished" });

    /// <summary>The answer.</summary>
    /// <param name="answer">What the coordinator says.</param>
    /// <param name="notices">Its notices, in words.</param>
    public static OwnAnswer Of(FinishAnswer answer, NoticeBlock notices) => answer.Result switch
    {
        FinishResult.Finished or FinishResult.NotOpen => Finished(),
        FinishResult.Waiting waiting => new OwnAnswer(Words(waiting), Members(waiting)) { Notices = notices },
        _ => throw new InvalidOperationException("A finish is finished, not open or waiting."),
    };

    private static JsonObject Members(FinishResult.Waiting waiting) => new()
    {
        ["state"] = "waiting",
        ["for"] = Array(waiting.Ranks.Select(static rank => JsonValue.Create(rank.Value))),
        ["notices"] = Array(waiting.Notices.Select(static notice => JsonValue.Create($"{notice.Id}"))),
        ["displaced"] = Array(waiting.Displaced.Select(static call => JsonValue.Create($"{call}"))),
        ["open"] = Array(waiting.OpenCalls.Select(static call => JsonValue.Create($"{call}"))),
        ["quarantines"] = Array(waiting.Quarantines.Select(static quarantine => JsonValue.Create($"{quarantine}"))),
    };

    private static string Words(FinishResult.Waiting waiting)
    {
        var words = new StringBuilder("Not finished yet.");
        if (!waiting.Notices.IsEmpty)
        {
            words.Append(" Look at the notices, repair what no longer holds, then call coagent_finish again.");
        }

        if (!waiting.Displaced.IsEmpty)
        {
            words.Append($" Out, because they could not be made again after a change: {string.Join(", ", waiting.Displaced)};"
                + " make them anew, or drop them with coagent_undo.");
        }

        if (!waiting.OpenCalls.IsEmpty)
        {
            words.Append($" Under way: {string.Join(", ", waiting.OpenCalls)}.");
        }

        if (!waiting.Quarantines.IsEmpty)
        {
            words.Append($" For the operator to look at: {string.Join(", ", waiting.Quarantines)}.");
        }

        if (!waiting.Ranks.IsEmpty)
        {
            words.Append($" Before you and still at work: rank {string.Join(", ", waiting.Ranks)}. Call coagent_finish again to wait on.");
        }

        return words.ToString();
    }

    private static JsonArray Array(IEnumerable<JsonNode?> items) => [.. items];
}
