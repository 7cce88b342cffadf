using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoAgent.ToolSmith.Verification;

/// <summary>What a check has shown, as <c>catalog.lock</c> and <c>_quarantine</c> keep it.</summary>
public static class CheckEvidence
{
    /// <summary>The report as a JSON object: when, in which sandbox, with which server, and each law with each example.</summary>
    /// <param name="report">The report.</param>
    /// <param name="day">When it was made.</param>
    public static JsonElement ToJson(this CheckReport report, DateTimeOffset day) => JsonSerializer.SerializeToElement(new JsonObject
    {
        ["date"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["sandbox"] = report.Sandbox,
        ["server"] = report.Server,
        ["laws"] = new JsonArray([.. report.Results.Select(Result)]),
    });

    /// <summary>The outcome in one word.</summary>
    public static string Word(this LawOutcome outcome) => outcome switch
    {
        LawOutcome.Held => "held",
        LawOutcome.Broken => "broken",
        LawOutcome.Inconclusive => "inconclusive",
        LawOutcome.NotPromised => "notPromised",
        _ => throw new InvalidOperationException($"There is no outcome {outcome}."),
    };

    private static JsonNode Result(LawResult result)
    {
        var node = new JsonObject
        {
            ["example"] = result.Example,
            ["law"] = JsonNamingPolicy.CamelCase.ConvertName($"{result.Law}"),
            ["outcome"] = result.Outcome.Word(),
        };
        switch (result.Outcome)
        {
            case LawOutcome.Held { Remarks.IsEmpty: false } held:
                node["remarks"] = Lines(held.Remarks);
                break;
            case LawOutcome.Broken broken:
                node["what"] = broken.What;
                node["evidence"] = Lines(broken.Evidence);
                break;
            case LawOutcome.Inconclusive inconclusive:
                node["why"] = inconclusive.Why;
                break;
            case LawOutcome.NotPromised notPromised:
                node["why"] = notPromised.Why;
                break;
        }

        return node;
    }

    private static JsonArray Lines(IEnumerable<string> lines) => new([.. lines.Select(static line => (JsonNode)line)]);
}
