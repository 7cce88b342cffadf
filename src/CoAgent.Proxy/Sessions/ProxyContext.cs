using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Pipeline;
using Microsoft.Extensions.Logging;

namespace CoAgent.Proxy.Sessions;

/// <summary>What every session of a daemon shares.</summary>
internal sealed record ProxyContext(
    Func<ProxyConfiguration> Configuration,
    ServerStarter Starter,
    SharedLinks SharedLinks,
    CallPipeline Calls,
    OwnToolCalls OwnTools,
    TimeProvider Time,
    ILoggerFactory Loggers)
{
    /// <summary>The tools of the catalog that the daemon runs itself; null where there are none.</summary>
    public GrownTools? Grown { get; init; }

    public Limits Limits => Configuration().Options.Limits;

    /// <summary>Whether tools are listed without the schemas of their results.</summary>
    public bool StripsOutputSchemas => Configuration().Options.OutputSchemas == OutputSchemaMode.Strip;
}
