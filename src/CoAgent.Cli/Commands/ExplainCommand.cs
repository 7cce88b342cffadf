using System.CommandLine;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Results;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent explain CALL</c>: one call, what was put before it, what it undid, who was told.</summary>
internal static class ExplainCommand
{
    private const int ResultLinesMax = 20;
    private const int LineCharsMax = 200;

    private static readonly JournalSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string> Call = new("call") { Description = "The call, such as c17." };

    public static Command Create()
    {
        var command = new Command(
            "explain", "Tell one call's story: what it read and wrote, what was put before it, each undo and replay, and why each notice was sent.")
        {
            Call, Source.Workspace, Source.Config, Source.Journal, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var call = CallNames.Parse(parsed.GetValue(Call)!);
        var path = Source.PathOf(parsed);
        var events = new List<HistoryEvent>();
        var history = await JournalSource.ReplayAsync(path, one => AddIfNamed(events, one, call), cancellationToken);
        if (!history.Calls.TryGetValue(call, out var story))
        {
            throw new CommandException(Missing(path, call, history));
        }

        var named = HistoryText.CallsIn(events, call).Where(history.Calls.ContainsKey).Select(id => history.Calls[id]).ToArray();
        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(CallReport.Of(story, events, named), CliJson.Default.CallReport));
        }
        else
        {
            Print(story, events, named);
        }

        return 0;
    }

    private static string Missing(string path, CallId call, JournalHistory history) =>
        history.Beginning is { } beginning && call.Number <= beginning.Left.LastCall
            ? $"call {call} is no longer in the journal {path}, which begins with entry {beginning.Number} of {beginning.At.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z: "
                + "coagent.limits.journalEntriesKept says how much is kept."
            : $"the journal {path} has no call {call}. See which there are: coagent log";

    private static void AddIfNamed(List<HistoryEvent> events, HistoryEvent one, CallId call)
    {
        if (one.Names(call))
        {
            events.Add(one);
        }
    }

    private static void Print(CallStory story, List<HistoryEvent> events, CallStory[] named)
    {
        var footprint = story.Declaration.Footprint;
        Console.WriteLine($"{story.Call.Id}  {CallText.Of(story.Call.Request)}");
        Console.WriteLine($"  agent     {story.Transaction.Agent}, transaction {story.Transaction.Id}, rank {story.Transaction.Rank}");
        Console.WriteLine($"  position  {story.Position?.ToString() ?? "none yet"}{(story.IsFolded ? "; its transaction has ended" : "")}");
        Console.WriteLine($"  reads     {HistoryWords.List(footprint.Reads)}");
        Console.WriteLine($"  writes    {HistoryWords.List(footprint.Writes)}");
        Console.WriteLine($"  answer    {(story.Answer is { } answer ? HistoryWords.Of(answer) : "none yet")}");
        PrintResult(story);
        Part("what happened to it", events.Where(one => one.Call == story.Call.Id));
        Part("what happened because of it, and who was told", events.Where(one => one.Call != story.Call.Id));
        if (named.Length > 0)
        {
            Console.WriteLine();
            Console.WriteLine("the other calls");
            foreach (var other in named)
            {
                Console.WriteLine($"  {other.Call.Id}  {CallText.Of(other.Call.Request)}  of {other.Transaction.Agent} (rank {other.Transaction.Rank})");
            }
        }
    }

    private static void PrintResult(CallStory story)
    {
        if (story.Result is not { } result)
        {
            return;
        }

        Console.WriteLine("  the tool's last answer");
        var lines = ResultText.Of(result).TrimEnd('\n').Split('\n');
        foreach (var line in lines.Take(ResultLinesMax))
        {
            Console.WriteLine($"    | {PlainText.OneLine(line.TrimEnd('\r'), LineCharsMax)}");
        }

        if (lines.Length > ResultLinesMax)
        {
            Console.WriteLine($"    | … {lines.Length - ResultLinesMax} more lines");
        }
    }

    private static void Part(string title, IEnumerable<HistoryEvent> events)
    {
        var all = events.ToArray();
        if (all.Length == 0)
        {
            return;
        }

        Console.WriteLine();
        Console.WriteLine(title);
        foreach (var one in all)
        {
            Console.WriteLine($"  {HistoryText.Line(one)}");
        }
    }
}
