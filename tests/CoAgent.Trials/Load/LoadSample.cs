namespace CoAgent.Trials.Load;

/// <summary>What a daemon holds at one moment.</summary>
/// <param name="ResidentMegabytes">Memory.</param>
/// <param name="JournalMegabytes">The journal's file and its log.</param>
/// <param name="OpenFileCount">Files and sockets.</param>
internal sealed record LoadSample(double ResidentMegabytes, double JournalMegabytes, int OpenFileCount)
{
    private const double Megabyte = 1024 * 1024;

    public static LoadSample Of(int process, string journal) => new(
        ResidentKilobytes(process) / 1024.0,
        ((string[])[journal, journal + "-wal"]).Where(File.Exists).Sum(file => new FileInfo(file).Length) / Megabyte,
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count());

    private static long ResidentKilobytes(int process) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]))
        .Single();
}
