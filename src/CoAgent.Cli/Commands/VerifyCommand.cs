using System.CommandLine;
using System.Text.Json;
using CoAgent.Runtime.History;
using CoAgent.Runtime.Journal;

namespace CoAgent.Cli.Commands;

/// <summary><c>coagent verify</c>: checks a journal against what the protocol promises.</summary>
internal static class VerifyCommand
{
    /// <summary>Exit code when the journal cannot be read.</summary>
    public const int Unreadable = 2;

    private static readonly JournalSource Source = new();
    private static readonly Option<bool> Json = CommonOptions.Json();
    private static readonly Argument<string?> File = new("journal")
    {
        Description = "The journal's file. Default: the workspace's, by its configuration.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var command = new Command(
            "verify",
            "Check a journal against what the protocol promises and name the first call that breaks it; exits with 1 then, with 2 when the journal cannot be read.")
        {
            File, Source.Workspace, Source.Config, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = Source.PathOf(parsed, parsed.GetValue(File));
        VerifyReport report;
        try
        {
            report = await JournalVerifier.VerifyAsync(SqliteJournal.ReadFileAsync(path, after: 0, cancellationToken), TimeProvider.System, cancellationToken);
        }
        catch (JournalException fault)
        {
            throw new CommandException(fault.Message, Unreadable);
        }

        if (parsed.GetValue(Json))
        {
            Console.WriteLine(JsonSerializer.Serialize(VerificationReport.Of(report, path), CliJson.Default.VerificationReport));
        }
        else
        {
            Print(report, path);
        }

        return report.Violation is null ? 0 : CoAgentCommand.Failed;
    }

    private static void Print(VerifyReport report, string path)
    {
        Console.WriteLine($"{path}: {report.EntryCount} entries, {report.CallCount} calls, {report.TransactionCount} transactions, {report.OpenCount} of them open");
        if (report.Violation is { } violation)
        {
            var call = violation.Call is { } id ? $"{id}: " : "";
            Console.WriteLine($"BROKEN at entry {violation.Entry}, {violation.Rule}: {call}{violation.Words}");
            Console.WriteLine(violation.Call is { } first ? $"See its story: coagent explain {first}" : "See what led to it: coagent log");
            return;
        }

        if (report.OutCount > 0)
        {
            Console.WriteLine($"{report.OutCount} effects were on their way where it ends; the daemon that goes on with it ends them.");
        }

        if (report.QuarantineCount > 0)
        {
            Console.WriteLine($"{report.QuarantineCount} quarantines wait for the operator: coagent status");
        }

        Console.WriteLine("good: replay, ids, intents, latches, I3, I4, I5, I6. What is promised of the live state (I1, I2, I7) no journal can tell.");
    }
}

/// <summary>What <c>coagent verify --json</c> prints.</summary>
internal sealed record VerificationReport(
    string Journal, bool IsGood, long Entries, long Calls, long Transactions, int OpenTransactions, int EffectsOut, int Quarantines, ViolationReport? Violation)
{
    public static VerificationReport Of(VerifyReport report, string path) => new(
        path, report.Violation is null, report.EntryCount, report.CallCount, report.TransactionCount, report.OpenCount, report.OutCount,
        report.QuarantineCount,
        report.Violation is { } first ? new ViolationReport(first.Entry, first.Rule, first.Call is { } call ? $"{call}" : null, first.Words) : null);
}

/// <summary>The first thing that breaks a promise.</summary>
internal sealed record ViolationReport(long Entry, string Rule, string? Call, string Words);
