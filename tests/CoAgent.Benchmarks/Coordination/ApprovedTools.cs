using System.Diagnostics;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Rows;

namespace CoAgent.Benchmarks.Coordination;

/// <summary>
/// What <c>coagent</c> knows of the benchmark's file server: the manifests of <c>server-filesystem</c>, approved for the definitions that this
/// server gives. Unknown, its writes would wait for one another, and what is measured would be something else.
/// </summary>
internal static class ApprovedTools
{
    public const string Profile = "benchmark-files";

    private static readonly string[] s_manifests = ["read_text_file.yaml", "write_file.yaml", "edit_file.yaml"];

    /// <summary>Writes and approves them in a workspace whose configuration names the profile.</summary>
    /// <exception cref="NotMeasuredException">They could not be approved.</exception>
    public static void Approve(string coagent, string workspace, string server)
    {
        var shipped = Path.Combine(Publishing.FindRepository(), "tools-catalog", "server-filesystem");
        var own = Directory.CreateDirectory(Path.Combine(workspace, "tools-catalog", Profile)).FullName;
        foreach (var manifest in s_manifests)
        {
            File.Copy(Path.Combine(shipped, manifest), Path.Combine(own, manifest));
        }

        File.WriteAllText(Path.Combine(own, "profile.yaml"), $"profile: {Profile}\npackage: server-filesystem\npaths: arguments\n");
        var start = new ProcessStartInfo(coagent, ["catalog", "approve", Profile, "--from-server", server, "--workspace", workspace])
        {
            WorkingDirectory = workspace, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("coagent did not start");
        var failure = process.StandardError.ReadToEndAsync();
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new NotMeasuredException($"the tools of the file server could not be approved:\n{said}{failure.GetAwaiter().GetResult()}");
        }
    }
}
