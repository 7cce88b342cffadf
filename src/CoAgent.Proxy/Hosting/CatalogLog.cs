using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Faults;
using CoAgent.Runtime.Catalog.Folder;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Hosting;

/// <summary>Tells in the log what the catalog says by now, and what is wrong with it; each fault once.</summary>
internal sealed partial class CatalogLog(ILogger<CatalogLog> logger)
{
    private ImmutableHashSet<CatalogFault> _told = [];

    /// <summary>The catalog says something else.</summary>
    public void Tell(CatalogSnapshot snapshot)
    {
        LogRead(snapshot.Profiles.Count, snapshot.Tools.Count());
        foreach (var fault in snapshot.Faults.Where(fault => !_told.Contains(fault)))
        {
            LogFault($"{fault}");
        }

        _told = [.. snapshot.Faults];
    }

    [LoggerMessage(281, LogLevel.Information, "The catalog has {Profiles} profiles and {Tools} tools")]
    private partial void LogRead(int profiles, int tools);

    [LoggerMessage(282, LogLevel.Error, "A file of the catalog is not used: {Fault}")]
    private partial void LogFault(string fault);
}
