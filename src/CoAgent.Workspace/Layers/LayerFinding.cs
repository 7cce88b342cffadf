using System.Collections.Immutable;

namespace CoAgent.Workspace.Layers;

/// <summary>How commands can be kept apart from the tree on this machine, for a person.</summary>
/// <param name="How">How they are, in a sentence.</param>
/// <param name="Missing">What keeps it from being better; empty when nothing does.</param>
/// <param name="Remedy">The command or the setting that mends it; null when there is nothing to mend.</param>
public sealed record LayerFinding(string How, string Missing, string? Remedy)
{
    /// <summary>Finds out, by making a layer.</summary>
    public static async Task<LayerFinding> FindAsync() => Of(await LayerSurvey.FindAsync());

    internal static LayerFinding Of(LayerSurvey survey) => new(survey.ToString(), survey.Missing, RemedyOf(survey));

    private static string? RemedyOf(LayerSurvey survey) => survey switch
    {
        { Packages: { IsEmpty: false } packages } => $"apt-get install {string.Join(' ', packages)}",
        { Support: null } when !OperatingSystem.IsLinux() => "use Linux, or Linux in a virtual machine",
        { Support: null } => "allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0); "
            + "in a container, run it with --security-opt seccomp=unconfined --security-opt systempaths=unconfined",
        { Missing: "" } => null,
        { Support.HasOverlays: false } => "allow overlays in user namespaces (Linux 6.6 or later, with user attributes on the file system of /dev/shm or /tmp)",
        _ => "allow ptrace (sysctl kernel.yama.ptrace_scope=1; in a container, --cap-add SYS_PTRACE)",
    };
}
