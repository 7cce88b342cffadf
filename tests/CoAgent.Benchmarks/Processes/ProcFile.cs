using System.Globalization;
using System.Text;

namespace CoAgent.Benchmarks.Processes;

/// <summary>One process as /proc shows it.</summary>
internal sealed record ProcFile(int Id, int ParentId, string CommandLine, TimeSpan Cpu, long ResidentBytes)
{
    // Linux counts in hundredths of a second whatever the machine's timer does.
    private const double TicksPerSecond = 100;

    /// <summary>Everything that runs now; a process that ends meanwhile is left out.</summary>
    public static IReadOnlyList<ProcFile> All() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), out var id) ? Read(id) : null)
            .OfType<ProcFile>()];

    /// <summary>Whether the process was started with this text in its environment.</summary>
    public bool Carries(string environment) =>
        Text(Id, "environ")?.Contains(environment, StringComparison.Ordinal) == true;

    private static ProcFile? Read(int id)
    {
        var stat = Text(id, "stat");
        var commandLine = Text(id, "cmdline");
        if (stat is null || string.IsNullOrEmpty(commandLine))
        {
            return null;
        }

        // The name, in brackets, may hold anything; the numbers come after the last bracket.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = Number(fields[11]) + Number(fields[12]);
        return new ProcFile(
            id,
            (int)Number(fields[1]),
            commandLine.Replace('\0', ' ').TrimEnd(),
            TimeSpan.FromSeconds(ticks / TicksPerSecond),
            Number(fields[21]) * Environment.SystemPageSize);
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private static string? Text(int id, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/{name}", Encoding.UTF8);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }
}
