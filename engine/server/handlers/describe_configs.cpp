#include "engine/controller/describe_configs.hpp"

#include "engine/server/handlers/handlers.hpp"

namespace logarium::server {

MessageRef answer_describe_configs(const HandlerContext& context, const rpc::Request& request) {
  const metadata::Image& image = context.image ? *context.image : *context.setup.empty_image;
  return controller::describe_configs(image, context.setup.config, context.setup.node_id,
                                      protocol::as<protocol::DescribeConfigsRequest>(request.body));
}

}  // namespace logarium::server
