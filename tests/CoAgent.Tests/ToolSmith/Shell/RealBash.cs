using System.Diagnostics;
using System.Text;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>The bash of this machine, with the environment of the corpus and nothing else.</summary>
internal static class RealBash
{
    private const string Path = "/bin/bash";

    /// <summary>Whether each text is accepted by <c>bash -n</c> with extended patterns on.</summary>
    /// <remarks>bash also says "syntax error" with status 0, for tests in double brackets; that counts as no.</remarks>
    public static IReadOnlyList<bool> Accepts(IReadOnlyList<string> texts)
    {
        const string Driver =
            """
            while IFS= read -r -d '' text; do
              said=$(/bin/bash -O extglob -n -c "$text" 2>&1 </dev/null); code=$?
              case $said in *"syntax error"*|*"unexpected"*) code=1;; esac
              printf '%d\n' "$code"
            done
            """;
        var said = Run(["-c", Driver], string.Concat(texts.Select(static text => text + "\0")), System.IO.Path.GetTempPath());
        var codes = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(texts.Count, codes.Length);
        return [.. codes.Select(static code => code == "0")];
    }

    /// <summary>What a script says on its standard output.</summary>
    public static string Run(string script, string directory) => Run(["-s"], script, directory);

    private static string Run(string[] arguments, string input, string directory)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        start.Environment.Clear();
        foreach (var (name, value) in ShellCorpus.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["PATH"] = directory + ":/usr/bin:/bin";
        using var bash = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = bash.StandardError.ReadToEndAsync();
        bash.StandardInput.Write(input);
        bash.StandardInput.Close();
        bash.WaitForExit();
        _ = errors.Result;
        return output.Result;
    }
}
