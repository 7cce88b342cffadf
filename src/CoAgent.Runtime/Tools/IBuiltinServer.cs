using System.Text.Json;

namespace CoAgent.Runtime.Tools;

/// <summary>An MCP server that runs inside the daemon.</summary>
public interface IBuiltinServer
{
    /// <summary>Serves MCP messages, one a line, until the input ends.</summary>
    /// <param name="input">What clients send.</param>
    /// <param name="output">What the server answers.</param>
    /// <param name="cancellationToken">Ends the server.</param>
    Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken);

    /// <summary>What is known of a call before it is made.</summary>
    /// <param name="tool">The tool's name.</param>
    /// <param name="arguments">The call's arguments.</param>
    /// <param name="mayTry">Whether the call may be tried where nobody sees it, to find out.</param>
    /// <param name="cancellationToken">The client has given up.</param>
    ValueTask<ToolDeclaration> DeclareAsync(string tool, JsonElement arguments, bool mayTry, CancellationToken cancellationToken);

    /// <summary>The effects of its tools, carried out without going over MCP; null where they are carried out over MCP.</summary>
    IToolWorld? Effects { get; }
}

/// <summary>The built-in servers that there are.</summary>
public interface IBuiltinServers
{
    /// <summary>The server of a service and root.</summary>
    /// <param name="service">The service's name, as in the configuration.</param>
    /// <param name="root">The folder that it serves.</param>
    IBuiltinServer Get(string service, string root);

    /// <summary>Says where captured contents are found again; before the first effect.</summary>
    /// <param name="contents">The place: the workspace's journal.</param>
    void UseContents(IContentSource contents);

    /// <summary>Says who knows what commands do outside of files; before the first effect.</summary>
    /// <param name="profiles">The manifests.</param>
    void UseProfiles(IToolProfiles profiles);
}
