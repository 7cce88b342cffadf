using System.Diagnostics;
using System.Runtime.InteropServices;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Processes;

/// <summary>Publishes a project compiled ahead of time, as users get it: both the floor and the proxy.</summary>
internal sealed class Publishing(string repository, TextWriter progress)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>The folder that holds the solution, looked for upwards from this program.</summary>
    public static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CoAgent.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName
            ?? throw new NotMeasuredException("CoAgent.sln is not above this program: run it from inside the repository");
    }

    /// <summary>Publishes, and returns the executable.</summary>
    public string Publish(string project, string executable)
    {
        progress.WriteLine($"publish: {project}");
        var output = Path.Combine(repository, "artifacts", "publish", Path.GetFileName(project));
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = repository,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "publish", project, "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
                "--self-contained", "false",
                "-p:PublishReadyToRun=true", "-o", output, "-v", "quiet", "-nologo",

                // Lock files are for the portable restore; a restore for one platform would rewrite them.
                "-p:NuGetLockFilePath=obj/publish.lock.json",
            },
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        using var limit = new Timer(_ => process.Kill(entireProcessTree: true), null, Limit, Timeout.InfiniteTimeSpan);
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Path.Combine(output, executable)
            : throw new NotMeasuredException($"{project} could not be published:\n{said}");
    }
}
