using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Verification;

namespace CoAgent.Cli.Catalog;

/// <summary>What drives manifests in trials: the same that drives them in the daemon.</summary>
internal static class TrialProfiles
{
    public static IToolProfile Make(
        ForeignServer server, TrialSubject subject, IServerCalls calls, IProgramRunner programs, IContentSource contents) =>
        throw new NotSupportedException($"{server} {subject} {calls} {programs} {contents}");
}
