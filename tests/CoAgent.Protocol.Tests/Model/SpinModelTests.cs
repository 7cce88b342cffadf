using System.Diagnostics;

namespace CoAgent.Protocol.Tests.Model;

/// <summary>The Promela model of the rules (docs/model), checked by Spin.</summary>
public sealed class SpinModelTests
{
    [Fact]
    public async Task The_rules_hold_in_the_model_and_each_rule_broken_on_purpose_is_found()
    {
        var (exitCode, output) = await CheckAsync(["--quick"]);

        Assert.True(exitCode == 0, $"docs/model/check --quick ended with {exitCode}:\n{output}");
    }

    [Fact]
    public async Task Without_spin_or_gcc_the_check_says_what_to_install()
    {
        var (exitCode, output) = await CheckAsync([], path: "/nowhere");

        Assert.Equal(2, exitCode);
        Assert.Contains("spin is missing: install the Debian package spin", output);
        Assert.Contains("gcc is missing: install the Debian packages gcc and libc6-dev", output);
    }

    private static async Task<(int ExitCode, string Output)> CheckAsync(string[] arguments, string? path = null)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Root(), "docs", "model", "check"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        using var check = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var output = check.StandardOutput.ReadToEndAsync();
        var errors = check.StandardError.ReadToEndAsync();
        await check.WaitForExitAsync();
        return (check.ExitCode, await output + await errors);
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CoAgent.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("No folder above has CoAgent.sln; run the tests inside the repository.");
    }
}
