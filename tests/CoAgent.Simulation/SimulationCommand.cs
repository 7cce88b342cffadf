using System.Globalization;
using CoAgent.Simulation.Running;

namespace CoAgent.Simulation;

/// <summary>The command line of the simulation.</summary>
internal static class SimulationCommand
{
    private const string Usage = """
        Runs agents, daemons, journal and servers from one seed, with faults and kills, and compares the end with the serial run.

          --seed N      The first seed. Default: 1.
          --runs N      How many seeds, one after the other. Default: 1000.
          --minutes M   Goes on for so long instead.
          --journal     Prints the journal of each run that fails, and what follows from each entry.
        """;

    private const int ProgressEvery = 1000;

    public static int Run(string[] args, TextWriter output, TextWriter progress)
    {
        if (Read(args) is not { } options)
        {
            progress.WriteLine(Usage);
            return 2;
        }

        var (first, count, minutes, printsJournal) = options;
        var started = TimeProvider.System.GetTimestamp();
        var (failed, seed, kills, faults) = (0, first, 0L, 0L);
        var (entries, deleted, rests, told) = (0L, 0L, 0L, 0L);
        while (minutes is { } max ? TimeProvider.System.GetElapsedTime(started).TotalMinutes < max : seed - first < count)
        {
            var run = new SimulatedRun(seed);
            if (run.FindWrong() is { } wrong)
            {
                failed++;
                output.WriteLine($"seed {seed}: {wrong}\n  {run}");
                output.Write(printsJournal ? string.Join('\n', run.Journal) + '\n' : "");
            }

            (kills, faults, told) = (kills + run.KillCount, faults + run.FaultCount, told + run.ReturnToldCount);
            (entries, deleted, rests) = (entries + run.EntryCount, deleted + run.DeletedCount, rests + run.RestCount);
            if (++seed % ProgressEvery == 0)
            {
                progress.WriteLine($"{seed - first} runs, {failed} failed, {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s");
            }
        }

        output.WriteLine(
            $"{seed - first} runs from seed {first}: {failed} failed; {kills} kills, {faults} faults; {entries} journal entries, {deleted} "
            + $"deleted, {rests} at rest; {told} reads told to be others to who came back");
        return failed == 0 ? 0 : 1;
    }

    private static (int First, int Count, double? Minutes, bool PrintsJournal)? Read(string[] args)
    {
        var (first, count, minutes, printsJournal) = (1, 1000, (double?)null, false);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--journal")
            {
                printsJournal = true;
                continue;
            }

            if (i + 1 == args.Length || !double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value))
            {
                return null;
            }

            switch (args[i++])
            {
                case "--seed":
                    first = (int)value;
                    break;
                case "--runs":
                    count = (int)value;
                    break;
                case "--minutes":
                    minutes = value;
                    break;
                default:
                    return null;
            }
        }

        return (first, count, minutes, printsJournal);
    }
}
