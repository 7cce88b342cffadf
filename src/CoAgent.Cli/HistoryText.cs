using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Results;
using CoAgent.Runtime.Tools;

namespace CoAgent.Cli;

/// <summary>One thing that happened, as <c>coagent log --json</c> prints it, one on a line.</summary>
internal sealed record HistoryReport(
    long Entry, DateTimeOffset At, string Kind, string? Agent, string? Transaction, long? Rank, string? Call, string? Cause,
    string? Notice, ImmutableArray<string> Calls, string Words)
{
    public static HistoryReport Of(HistoryEvent one) => new(
        one.Entry, one.At, JsonNamingPolicy.CamelCase.ConvertName($"{one.Kind}"), one.Transaction?.Agent.Value, one.Transaction is { } of ? $"{of.Id}" : null, one.Transaction?.Rank.Value,
        one.Call is { } call ? $"{call}" : null, one.Cause is { } cause ? $"{cause}" : null, one.Notice is { } notice ? $"{notice}" : null,
        [.. one.Concerns.Select(static id => $"{id}")], one.Words);
}

/// <summary>A call, as <c>coagent explain --json</c> prints it.</summary>
/// <param name="Call">Its name.</param>
/// <param name="Agent">Who made it.</param>
/// <param name="Transaction">In which transaction.</param>
/// <param name="Rank">With which rank.</param>
/// <param name="Number">Its number in the transaction; null when it had no place yet.</param>
/// <param name="Server">The server.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">The arguments; null when they are no longer kept.</param>
/// <param name="Reads">What it was declared to read.</param>
/// <param name="Writes">What it was declared to write.</param>
/// <param name="ProposedAt">When it was proposed.</param>
/// <param name="Answer">What its agent was told became of it; null when it was told nothing yet.</param>
/// <param name="Result">What the tool answered last, in plain text; null when that is not kept.</param>
/// <param name="IsFolded">Whether its transaction has ended.</param>
/// <param name="Events">What happened to it and because of it.</param>
/// <param name="Named">The other calls that these name.</param>
internal sealed record CallReport(
    string Call, string Agent, string Transaction, long Rank, long? Number, string Server, string Tool, JsonElement? Arguments,
    ImmutableArray<string> Reads, ImmutableArray<string> Writes, DateTimeOffset ProposedAt, string? Answer, string? Result,
    bool IsFolded, ImmutableArray<HistoryReport> Events, ImmutableArray<NamedCallReport> Named)
{
    public static CallReport Of(CallStory story, IEnumerable<HistoryEvent> events, IEnumerable<CallStory> named) => new(
        $"{story.Call.Id}", story.Transaction.Agent.Value, $"{story.Transaction.Id}", story.Transaction.Rank.Value, story.Position?.Number,
        story.Call.Request.Server, story.Call.Request.Tool, ArgumentsOf(story.Call.Request),
        [.. story.Declaration.Footprint.Reads.Select(static one => $"{one}")], [.. story.Declaration.Footprint.Writes.Select(static one => $"{one}")],
        story.ProposedAt, story.Answer is { } answer ? HistoryWords.Of(answer) : null,
        story.Result is { } result ? ResultText.Of(result) : null, story.IsFolded,
        [.. events.Select(HistoryReport.Of)],
        [.. named.Select(static one => new NamedCallReport($"{one.Call.Id}", one.Transaction.Agent.Value, one.Transaction.Rank.Value, CallText.Of(one.Call.Request)))]);

    private static JsonElement? ArgumentsOf(ToolRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(request.ArgumentsUtf8, new JsonDocumentOptions { MaxDepth = ResultText.LevelsMax });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null; // cut when the call was folded
        }
    }
}

/// <summary>A call in a few words.</summary>
internal sealed record NamedCallReport(string Call, string Agent, long Rank, string Words);

/// <summary>History for people.</summary>
internal static class HistoryText
{
    /// <summary>What happened, on one line.</summary>
    public static string Line(HistoryEvent one)
    {
        var who = one.Transaction is { } of ? $"{of.Agent}({of.Rank}) " : "";
        var call = one.Call is { } id ? $"{id} " : "";
        return $"{one.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}  {who}{call}{one.Words}";
    }

    /// <summary>The calls that events name, but one.</summary>
    public static IEnumerable<CallId> CallsIn(IEnumerable<HistoryEvent> events, CallId but) => events
        .SelectMany(static one => new[] { one.Call, one.Cause }.OfType<CallId>().Concat(one.Concerns))
        .Distinct().Where(call => call != but).OrderBy(static call => call.Number);
}

// One a line: a program reads a log as it grows.
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HistoryReport))]
internal sealed partial class LogJson : JsonSerializerContext;
