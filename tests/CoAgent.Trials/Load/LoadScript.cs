using CoAgent.Trials.Agents;
using CoAgent.Trials.Files;

namespace CoAgent.Trials.Load;

/// <summary>What a transaction under load does: some reads, writes and edits on files that are picked at random.</summary>
internal static class LoadScript
{
    private const int StepCount = 6;
    private const int HotCount = 32;
    private const int HotPercent = 15;
    private const int FolderSize = 100;
    private const int EchoMax = 8;

    /// <summary>The name of a file, by its number.</summary>
    public static string NameOf(int file) => $"f{file / FolderSize}/{file % FolderSize}";

    /// <summary>A script of its own for each seed.</summary>
    public static AgentScript Of(int seed, int fileCount)
    {
        return Script;

        IEnumerable<Move> Script(FileWords say, Heard heard)
        {
            var random = new Random(seed);
            for (var step = 0; step < StepCount; step++)
            {
                var name = NameOf(random.Next(100) < HotPercent ? random.Next(HotCount) : random.Next(fileCount));
                yield return random.Next(10) switch
                {
                    < 5 => say.Read(name),
                    < 8 => say.Write(name, $"{seed}.{step} 0 {Echo(heard.Last)}"),
                    _ => say.Edit(name, "0", $"{step}+0"),
                };
            }
        }
    }

    private static string Echo(string text) => new([.. text.Where(char.IsAsciiLetterOrDigit).TakeLast(EchoMax)]);
}
