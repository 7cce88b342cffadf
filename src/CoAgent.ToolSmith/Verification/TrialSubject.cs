using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Manifests;
using CoAgent.Runtime.Tools;

namespace CoAgent.ToolSmith.Verification;

/// <summary>A manifest that is checked.</summary>
/// <param name="Profile">Whose tool it is.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Tools">All manifests of the profile, by tool: state reads are normalized as theirs say.</param>
public sealed record TrialSubject(ProfileManifest Profile, ToolManifest Manifest, ImmutableSortedDictionary<string, ToolManifest> Tools);

/// <summary>What drives a manifest in a trial: what it captures, guards and takes back.</summary>
/// <param name="server">The server of the trial.</param>
/// <param name="subject">The manifest.</param>
/// <param name="calls">The way to the server.</param>
/// <param name="programs">Runs the programs of its steps, in the sandbox.</param>
/// <param name="contents">Where captured contents are found again.</param>
public delegate IToolProfile TrialProfile(
    ForeignServer server, TrialSubject subject, IServerCalls calls, IProgramRunner programs, IContentSource contents);

/// <summary>What a manifest has shown.</summary>
/// <param name="Sandbox">In which kind of sandbox.</param>
/// <param name="Server">The server's own name and version; null where it did not start.</param>
/// <param name="Results">What each example has shown of each law.</param>
public sealed record CheckReport(string Sandbox, string? Server, ImmutableArray<LawResult> Results)
{
    /// <summary>Whether something was seen that a law forbids.</summary>
    public bool IsBroken => Results.Any(static result => result.Outcome is LawOutcome.Broken);

    /// <summary>
    /// Whether it may be trusted: no law is broken, and each has an example that kept it or is not promised. Only the guard may be without
    /// a finding: to plant a change needs a way to make one.
    /// </summary>
    public bool IsVerified => !IsBroken && !Results.IsEmpty && Results.GroupBy(static result => result.Law).All(static law =>
        law.Key == Law.Guard || law.Any(static result => result.Outcome is LawOutcome.Held or LawOutcome.NotPromised));
}
