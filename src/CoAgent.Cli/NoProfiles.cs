using CoAgent.Runtime.Tools;

namespace CoAgent.Cli;

/// <summary>Nobody has described any foreign server.</summary>
internal sealed class NoProfiles : IToolProfiles
{
    public IToolProfile? Find(ForeignServer server) => null;
}
