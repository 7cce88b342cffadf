using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Workspaces;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.ToolSmith.Promotion;
using Microsoft.Extensions.Logging;

namespace CoAgent.Cli.Growing;

/// <summary>Lets the catalog of a daemon's workspace grow.</summary>
internal static partial class Growth
{
    public static Smith Begin(WorkspaceFolder workspace, ProxyConfiguration configuration, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger("CoAgent.ToolSmith");
        return new Smith(
            WorkspaceGround.Of(workspace, () => CatalogFolders.Of(configuration.Options.Catalog)), error => LogFailed(logger, error));
    }

    [LoggerMessage(291, LogLevel.Error, "No tool could be made of a command line: a fault of ours")]
    private static partial void LogFailed(ILogger logger, Exception error);
}
