using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.Trials.Commands;

/// <summary>What plain bash answered to a line, in the words of the workspace server's tool, and what it looked at.</summary>
/// <param name="Answer">Standard output, standard error, and the exit code when it is not 0.</param>
/// <param name="Reads">What was looked at below the tree.</param>
internal sealed partial record PlainRun(string Answer, ReadTrace Reads)
{
    private static readonly string[] s_trace =
        ["-f", "-y", "-qq", "--seccomp-bpf", "-e", "signal=none", "-e", "trace=%file,getdents,getdents64"];

    /// <summary>What it made and removed again, by full path.</summary>
    public required ImmutableHashSet<string> Passing { get; init; }

    /// <summary>How long a line of the corpus may run.</summary>
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Runs a line in a desk's tree, as it is.</summary>
    public static async Task<PlainRun> OfAsync(TrialDesk desk, string line)
    {
        var scratch = Directory.CreateTempSubdirectory("coagent-plain-");
        var trace = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string>(desk.Environment) { ["TMPDIR"] = scratch.FullName };
            var run = await ProgramOutput.OfAsync("strace", [.. s_trace, "-o", trace, "bash", "-c", line], desk.Root, environment, Timeout);
            var text = await File.ReadAllTextAsync(trace);
            return new PlainRun(Told(run, scratch.FullName), ReadTrace.Parse(text, desk.Root)) { Passing = PassingOf(text, desk.Root) };
        }
        finally
        {
            File.Delete(trace);
            ForcedRemoval.Remove(scratch.FullName);
        }
    }

    private static ImmutableHashSet<string> PassingOf(string trace, string root) =>
    [
        .. Making().Matches(trace)
            .Select(made => Path.GetFullPath(made.Groups["path"].Value, made.Groups["folder"].Value is { Length: > 0 } folder ? folder : root))
            .Where(static path => !Path.Exists(path)),
    ];

    // openat(AT_FDCWD</folder>, "path", O_WRONLY|O_CREAT…, 0666) = 3</folder/path>
    [GeneratedRegex("""openat\((?:AT_FDCWD|\d+)(?:<(?<folder>[^>]*)>)?, "(?<path>[^"\\]*)", [A-Z_|]*O_CREAT[^)]*\) = \d""", RegexOptions.ExplicitCapture)]
    private static partial Regex Making();

    private static string Told(ProgramOutput run, string scratch)
    {
        var text = new StringBuilder();
        foreach (var part in (string[])[run.Text, run.ErrorText, run.ExitCode == 0 ? "" : $"exit code {run.ExitCode}"])
        {
            if (part.Length > 0 && text.Length > 0 && text[^1] != '\n')
            {
                text.Append('\n');
            }

            text.Append(part);
        }

        return text.Replace(scratch, "$TMPDIR").ToString();
    }
}
