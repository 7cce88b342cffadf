using CoAgent.Cli;

return await CoAgentCommand.RunAsync(args);
