using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoAgent.Benchmarks.Core;

/// <summary>Every figure of every round, for a program that compares runs.</summary>
internal static class CoreJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DictionaryKeyPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static void Write(string path, CoreResults results, CorePace pace) =>
        File.WriteAllText(path, JsonSerializer.Serialize(Document(results, pace), Options));

    private static object Document(CoreResults results, CorePace pace) => new
    {
        runtime = RuntimeInformation.FrameworkDescription,
        processors = Environment.ProcessorCount,
        seed = CoreBenchmark.Seed,
        pace,
        worlds = new[] { CoreBenchmark.Small, CoreBenchmark.Large, CoreBenchmark.Bare },
        results.Steps,
        results.LateRounds,
        results.Folded,
        results.BytesPerOpenCall,
    };
}
