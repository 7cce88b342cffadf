using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Benchmarks.Measuring;

namespace CoAgent.Benchmarks.Reports;

/// <summary>Every figure of every round, for a program that compares runs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static void Write(string path, IReadOnlyList<RowResult> results, Pace pace) =>
        File.WriteAllText(path, JsonSerializer.Serialize(Document(results, pace), Options));

    private static object Document(IReadOnlyList<RowResult> results, Pace pace) => new
    {
        runtime = RuntimeInformation.FrameworkDescription,
        processors = Environment.ProcessorCount,
        seed = Contest.Seed,
        rounds = pace.Rounds,
        phaseSeconds = pace.Phase.TotalSeconds,
        rows = results.Select(result => new
        {
            result.Row.Name,
            result.Row.Kind,
            result.Row.Transport,
            result.Failure,
            result.Rounds,
            warmStartMilliseconds = result.WarmStarts,
            coldStartMilliseconds = result.ColdStarts,
            result.AfterSmallCalls,
            result.AfterAll,
        }),
    };
}
