using System.Collections.Immutable;

namespace CoAgent.ToolSmith.Sandboxing;

/// <summary>What kind of sandbox this machine has, and what would make it a better one.</summary>
/// <param name="Kind">The best that it has.</param>
/// <param name="Missing">Why it is not a better one, in words for a person; empty when there is none.</param>
/// <param name="Packages">The Debian packages that would help.</param>
public sealed record SandboxSupport(SandboxKind Kind, string Missing, ImmutableArray<string> Packages)
{
    /// <summary>A folder of its own and nothing else.</summary>
    public static SandboxSupport CopyOnly(string why, params ReadOnlySpan<string> packages) => new(SandboxKind.Copy, why, [.. packages]);

    /// <summary>Finds out, by putting up walls.</summary>
    public static async Task<SandboxSupport> FindAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return CopyOnly("there are no user namespaces on this system");
        }

        var absent = Walls.Parts.Where(static part => !IsInstalled(part.Program)).ToArray();
        if (absent.Length > 0)
        {
            return CopyOnly(
                $"{string.Join(", ", absent.Select(static part => part.Program))} not found",
                [.. absent.Select(static part => part.Package).Distinct(StringComparer.Ordinal)]);
        }

        var walls = new SandboxSupport(SandboxKind.Walls, "strace not found: what a tool reads cannot be seen", ["strace"]);
        if (await walls.TryAsync(time, cancellationToken) is { } refused)
        {
            return CopyOnly($"user namespaces are not allowed here: {refused}");
        }

        if (!IsInstalled("strace"))
        {
            return walls;
        }

        var traced = new SandboxSupport(SandboxKind.WallsAndTrace, "", []);
        return await traced.TryAsync(time, cancellationToken) is { } untraced
            ? walls with { Missing = $"strace does not work here: {untraced}", Packages = [] }
            : traced;
    }

    /// <summary>In a sentence, for evidence and for <c>doctor</c>.</summary>
    public override string ToString() => Kind switch
    {
        SandboxKind.Copy => "a folder of its own, no isolation",
        SandboxKind.Walls => "namespaces of its own, no network, nothing written outside; reads not seen",
        SandboxKind.WallsAndTrace => "namespaces of its own, no network, nothing written outside; reads traced",
        _ => throw new InvalidOperationException($"There is no kind {Kind}."),
    };

    // Null when a file that was read in it shows up as it should, and its network is not there.
    private async Task<string?> TryAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        using var sandbox = Sandbox.Create(this, new SandboxLimits(), time);
        await File.WriteAllTextAsync(sandbox.Root + "/seen", "yes", cancellationToken);
        try
        {
            await using var process = sandbox.Start(new SandboxCommand(["cat", "seen"]));
            var run = await process.RunAsync(ReadOnlyMemory<byte>.Empty, sandbox.Limits.Timeout, cancellationToken);
            if (run is not { ExitCode: 0, Output.Text: "yes" })
            {
                return run.Errors.Text.Trim().ReplaceLineEndings(" ");
            }

            return Kind == SandboxKind.WallsAndTrace
                && !process.ReadsSince(0).Reads.Contains(new ObservedRead(sandbox.Root + "/seen", ReadKind.Content))
                ? "it does not show what is read"
                : null;
        }
        catch (SandboxException refused)
        {
            return refused.Message;
        }
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(directory => directory.Length > 0 && File.Exists(Path.Combine(directory, program)));
}
