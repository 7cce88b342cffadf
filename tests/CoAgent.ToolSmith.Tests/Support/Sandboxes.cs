using CoAgent.ToolSmith.Sandboxing;

namespace CoAgent.ToolSmith.Tests.Support;

/// <summary>Sandboxes for tests: the best that this machine has, and none at all.</summary>
internal static class Sandboxes
{
    private static readonly Lazy<Task<SandboxSupport>> s_best = new(static () => SandboxSupport.FindAsync(TimeProvider.System, CancellationToken.None));

    public static Task<SandboxSupport> BestAsync() => s_best.Value;

    public static async Task<Sandbox> CreateAsync(bool isOn = true, SandboxLimits? limits = null) => Sandbox.Create(
        isOn ? await BestAsync() : SandboxSupport.CopyOnly("a test asks for it"), limits ?? new SandboxLimits(), TimeProvider.System);

    /// <summary>What a script prints and how it ends.</summary>
    public static Task<SandboxRun> ShellAsync(this Sandbox sandbox, string script, params string[] arguments) =>
        sandbox.RunAsync(new SandboxCommand(["bash", "-c", script, "bash", .. arguments]) { Shown = [Fixture.Folder] }, CancellationToken.None);
}
