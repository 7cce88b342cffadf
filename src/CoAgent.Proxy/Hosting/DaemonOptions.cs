using System.Net;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Hosting;

/// <summary>How a daemon is started.</summary>
/// <param name="Workspace">The workspace that it serves.</param>
/// <param name="Configuration">What its configuration says at the start.</param>
internal sealed record DaemonOptions(WorkspaceFolder Workspace, ProxyConfiguration Configuration)
{
    /// <summary>Whether the configuration is followed when its file changes.</summary>
    /// <value>True; false where there is no file and the built-in workspace server stands in.</value>
    public bool FollowsFile { get; init; } = true;

    /// <summary>The address to listen on instead of the configuration's.</summary>
    public IPAddress? Listen { get; init; }

    /// <summary>The port to listen on instead of the configuration's.</summary>
    public int? Port { get; init; }

    /// <summary>Whether HTTP clients have to show the token.</summary>
    /// <value>True.</value>
    public bool RequiresToken { get; init; } = true;

    /// <summary>Who grows tools of what agents do.</summary>
    /// <value>Null: nobody does.</value>
    public IToolSmith? Smith { get; init; }

    /// <summary>How long the daemon stays when it has no clients.</summary>
    /// <value>Null: until it is stopped.</value>
    public TimeSpan? IdleExit { get; init; }
}
