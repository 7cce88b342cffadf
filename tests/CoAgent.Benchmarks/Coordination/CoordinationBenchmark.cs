using System.Runtime.InteropServices;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>What coordination costs: beside the plain relay as a client sees it, and alone in this process.</summary>
internal static class CoordinationBenchmark
{
    // As long as a call takes a server of the usual kind, one that is written in a script language, at its fastest.
    private static readonly TimeSpan s_usualCallTime = TimeSpan.FromMilliseconds(1);

    private static readonly TextWriter Progress = Console.Error;

    public static int Run(CoordinationOptions options)
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.Directory, $"coagent-coordination-{Environment.ProcessId}"));
        try
        {
            var figures = new Figures();
            MeasureAsync(directory.FullName, options, figures).GetAwaiter().GetResult();
            new CoordinationReport(figures).Write(Console.Out);
            if (options.Json is { } path)
            {
                CoordinationReport.WriteJson(path, figures, options.Pace);
            }

            return 0;
        }
        catch (Exception fault) when (fault is NotMeasuredException or IOException or InvalidDataException)
        {
            Console.Error.WriteLine(fault.Message);
            return 1;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task MeasureAsync(string directory, CoordinationOptions options, Figures figures)
    {
        if (options.Wants("clients"))
        {
            MeasureClients(options, figures);
        }

        await IfWantedAsync(Inside.Calls, () => Inside.MeasureCallsAsync(directory, options.Pace, figures));
        await IfWantedAsync(Inside.Writers, () => Inside.MeasureWritersAsync(directory, options.Pace, figures));
        await IfWantedAsync(Inside.Replay, () => Inside.MeasureReplayAsync(directory, options.Pace, figures));

        async Task IfWantedAsync(string part, Func<Task> measure)
        {
            if (options.Wants(part))
            {
                Progress.WriteLine(part);
                await measure();
            }
        }
    }

    private static void MeasureClients(CoordinationOptions options, Figures figures)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new NotMeasuredException("What clients see is measured on Linux only: it reads /proc. Ask for the rest with --only inside writers replay");
        }

        var repository = Publishing.FindRepository();
        var publishing = new Publishing(repository, Progress);
        using var workshop = new Workshop
        {
            Self = publishing.Publish("tests/CoAgent.Benchmarks", "CoAgent.Benchmarks"),
            CoAgent = options.CoAgent ?? publishing.Publish("src/CoAgent.Cli", "coagent"),
            Npm = "",
        };
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Progress.WriteLine("clients");
        Clients.MeasureCalls(workshop, options.Pace, figures);
        Progress.WriteLine("clients, replay");
        Clients.MeasureReplay(workshop, options.Pace, TimeSpan.Zero, figures);
        Clients.MeasureReplay(workshop, options.Pace, s_usualCallTime, figures);

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            workshop.EndAll();
        }
    }
}
